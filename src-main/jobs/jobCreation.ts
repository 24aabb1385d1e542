import { failure, ok, type Failure, type Result } from '../../src-preload/contract/errors.ts'
import type { JobRequest } from '../../src-preload/contract/schemas.ts'
import type { Settings } from '../../src-preload/contract/settings.ts'
import { delay, type Clock } from '../clock.ts'
import { backoffDelayMs } from '../streams/backoff.ts'
import type { ConfiguredJob } from '../streams/controlAnswers.ts'
import type { ConfigureBody, ControlClient } from '../streams/controlClient.ts'
import type { Backend } from './backend.ts'
import { configureBodyFrom } from './configureBody.ts'

export interface CreatedJob {
  configured: ConfiguredJob
  /** The client that created it: after a restart of the backend there is another. */
  control: ControlClient
}

export interface CreationOptions {
  backend: Backend
  settings: Settings
  clock: Clock
  random: () => number
  signal: AbortSignal
  /** Tells the operator what is waited for. */
  waiting(reason: string): void
}

const bodyFor = (request: JobRequest, { settings, backend }: CreationOptions): ConfigureBody => {
  const { timeRange, recording } = request
  const rateHz = timeRange ? backend.knownRecording(recording, timeRange.startNs)?.sampleRateHz : backend.fibre()?.prrHz
  return configureBodyFrom(request, settings.site.defaultRows, rateHz ? rateHz / 2 : null)
}

/** A server may ask for longer waits than our own repetitions grow to, but not for ever. */
const askedWaitMaxMs = 600_000
/** How soon a backend that came back is noticed by a job that waits for it. */
const lookAgainMs = 500

const seconds = (ms: number): string => (ms / 1000).toFixed(ms < 10_000 ? 1 : 0)

/** Refusals that pass: load, no free port, no fibre yet, a backend that is away. */
const mayPass = (error: Failure): boolean => ['refused', 'unavailable', 'timed-out'].includes(error.code)

/**
 * `/configure`, repeated with backoff and as `Retry-After` says: `triesMax` times, or for `patienceMs` where a job that ran
 * waits for its backend to come back.
 */
export async function createBackendJob(
  request: JobRequest,
  options: CreationOptions,
  limits: { triesMax: number; patienceMs: number }
): Promise<Result<CreatedJob>> {
  const { backend, settings, clock, signal, random } = options
  const { retryFirstMs: firstMs, retryMaxMs: maxMs } = settings.streams
  const sinceMs = clock.monotonicMs()
  for (let number = 1; ; number++) {
    const control = backend.control()
    const askable = control !== null && (backend.isUp() || limits.patienceMs === 0)
    const result = askable
      ? await control.configure(bodyFor(request, options))
      : failure('unavailable', `${backend.name} does not answer.`, { retryAfterMs: lookAgainMs })
    if (result.ok && control) return ok({ configured: result.value, control })
    if (result.ok || signal.aborted) return result.ok ? failure('cancelled', 'closed') : result
    const waitedMs = clock.monotonicMs() - sinceMs
    if (!mayPass(result.error) || (number >= limits.triesMax && waitedMs >= limits.patienceMs)) return result
    const asked = Math.min(askedWaitMaxMs, result.error.retryAfterMs ?? 0)
    const waitMs = askable ? backoffDelayMs(number, { firstMs, maxMs }, random, asked) : lookAgainMs
    options.waiting(
      askable
        ? `${result.error.message} Trying again in ${seconds(waitMs)} s.`
        : `${result.error.message} Waiting for it.`
    )
    if (!(await delay(clock, waitMs, signal))) return failure('cancelled', 'The job was closed.')
  }
}
