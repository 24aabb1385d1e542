import { describe, expect, it } from 'vitest'
import { calls } from '../../../src-preload/contract/calls.ts'
import { ok } from '../../../src-preload/contract/errors.ts'
import type { Core, CorePort } from '../../../src-main/coreInterface.ts'
import { noAccess, nothingServed } from '../../support/smallCore.ts'
import { dispatch } from '../../../src-main/dispatch.ts'

const port: CorePort = { windowId: 'w', returnsWithinMs: 0, sendEvent: () => undefined, sendRows: () => undefined }

/** Only the handler under test is ever reached; the others say so when they are. */
function coreWith(handlers: Partial<Core['handlers']>): Core {
  const refuse = (): never => {
    throw new Error('not expected to be called')
  }
  const all = Object.fromEntries(Object.keys(calls).map((name) => [name, refuse]))
  return {
    handlers: { ...all, ...handlers } as unknown as Core['handlers'],
    connect: refuse,
    openFiles: refuse,
    served: nothingServed,
    access: noAccess,
    dispose: refuse
  }
}

const noBug = (name: string, error: unknown): never => {
  throw new Error(`${name}: ${String(error)}`)
}

describe('dispatch', () => {
  it('hands parsed arguments and the port to the handler and answers under the same id', async () => {
    const core = coreWith({ 'notices.dismiss': async (args, from) => ok({ heard: [args.id, from.windowId] }) as never })
    const answer = await dispatch(
      core,
      port,
      { kind: 'call', id: 5, name: 'notices.dismiss', arguments: { id: 'n1' } },
      noBug
    )
    expect(answer).toEqual({ kind: 'answer', id: 5, result: ok({ heard: ['n1', 'w'] }) })
  })

  it('names each wrong argument', async () => {
    const message = { kind: 'call', id: 1, name: 'views.attach', arguments: { jobId: 7, columnsMax: 3 } }
    const answer = await dispatch(coreWith({}), port, message, noBug)
    expect(answer).toMatchObject({
      id: 1,
      result: { ok: false, error: { code: 'invalid', fields: [{ path: 'jobId' }, { path: 'columnsMax' }] } }
    })
  })

  it('answers a call that does not exist, inherited names too', async () => {
    for (const name of ['jobs.fly', 'constructor', '__proto__', 'toString']) {
      const answer = await dispatch(coreWith({}), port, { kind: 'call', id: 2, name, arguments: {} }, noBug)
      expect(answer).toMatchObject({ id: 2, result: { ok: false, error: { code: 'not-found' } } })
    }
  })

  it('ignores what is no message', async () => {
    for (const message of [null, 'x', {}, { kind: 'call', id: -1, name: 'jobs.list' }, { kind: 'event' }]) {
      expect(await dispatch(coreWith({}), port, message, noBug)).toBeNull()
    }
  })

  it('answers a bug as one, without its stack, and reports it', async () => {
    const bugs: string[] = []
    const core = coreWith({ 'jobs.list': () => Promise.reject(new Error('/secret/path exploded')) })
    const answer = await dispatch(core, port, { kind: 'call', id: 3, name: 'jobs.list', arguments: {} }, (name) =>
      bugs.push(name)
    )
    expect(bugs).toEqual(['jobs.list'])
    expect(JSON.stringify(answer)).not.toContain('secret')
    expect(answer).toMatchObject({ result: { ok: false, error: { code: 'failed' } } })
  })
})
