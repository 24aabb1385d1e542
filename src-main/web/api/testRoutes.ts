import { z } from 'zod'
import { failure, ok, type Result } from '../../../src-preload/contract/errors.ts'
import { route, type ApiRoute } from './apiRoute.ts'
import * as schemas from './apiSchemas.ts'
import { durationMs } from './timeRange.ts'

export type TestType = (typeof schemas.testTypes)[number]
export type TestState = z.output<typeof schemas.testState>

/** Performance tests, one at a time, in a process of their own. */
export interface PerformanceTests {
  start(type: TestType, seconds: number | null, jobs: number | null): Promise<Result<TestState>>
  state(testId: string): TestState | null
  dispose(): Promise<void>
}

const secondsMax = 3600

/** `tests`: null where this shell cannot start them. */
export function testRoutes(tests: PerformanceTests | null): ApiRoute[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/performance/test',
      summary: 'Starts a performance test',
      description:
        'It runs in a core of its own with its own backend, one test at a time, and not while a capture is running: the ' +
        'machine is shared. `load` raises the number of jobs step by step.',
      tag: 'tests',
      right: 'operate',
      status: 202,
      body: schemas.testRequest,
      answer: schemas.testStarted,
      handle: async ({ body }): Promise<Result<z.output<typeof schemas.testStarted>>> => {
        if (!tests) return failure('unsupported', 'Tests are started by "wavefall serve", not by this shell.')
        const { duration, type, jobs } = body
        const seconds =
          duration === undefined ? null : typeof duration === 'number' ? duration : durationMs(duration)! / 1000
        if (seconds !== null && seconds > secondsMax)
          return failure(
            'invalid',
            `duration: at most ${secondsMax} s; longer ones are for "wavefall performance-test".`
          )
        const started = await tests.start(type, seconds, jobs ?? null)
        if (!started.ok) return started
        return ok({
          testId: started.value.testId,
          status: started.value.status === 'scheduled' ? 'scheduled' : 'running'
        })
      }
    }),
    route({
      method: 'GET',
      path: '/api/v1/performance/test/{testId}',
      summary: 'How far a performance test is, and its report',
      tag: 'tests',
      right: 'metrics',
      parameters: z.object({ testId: z.string().max(100) }),
      answer: schemas.testState,
      handle({ parameters }) {
        const state = tests?.state(parameters.testId)
        return state
          ? ok(state)
          : failure('not-found', `There is no test "${parameters.testId}"; the last twenty are kept.`)
      }
    })
  ]
}
