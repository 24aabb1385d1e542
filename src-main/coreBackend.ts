import type { BackendRecording, BackendStatus, CircuitState, LiveFibre } from '../src-preload/contract/schemas.ts'
import type { SiteSettings, StreamSettings } from '../src-preload/contract/settings.ts'
import { failure, type Result } from '../src-preload/contract/errors.ts'
import type { Nanoseconds } from '../src-preload/contract/units.ts'
import type { Clock } from './clock.ts'
import type { Backend } from './jobs/backend.ts'
import type { Caches } from './storage/cache.ts'
import type { Log } from './storage/log.ts'
import { createControlClient, type ControlClient } from './streams/controlClient.ts'

/** One backend: its control client, and what it said when it was last asked. */
export interface BackendWatch extends Backend {
  status(): BackendStatus
  recordings(fromNs: Nanoseconds | null, toNs: Nanoseconds | null): Promise<Result<BackendRecording[]>>
  /** Its list of recordings has changed: what it last said of them is not used any more. */
  recordingsChanged(): void
  /** It listens here (now). */
  connect(url: string): void
  /** Its process ended; `reason` is shown. */
  disconnect(reason: string): void
  dispose(): void
}

export interface BackendWatchOptions {
  /** Of its lists of recordings, in the machine's reading. */
  cacheName: string
  site: SiteSettings
  streams: StreamSettings
  key: string
  embedded: boolean
  ca: string | null
  clock: Clock
  caches: Caches
  random: () => number
  log: Log
  changed(status: BackendStatus): void
  /** It answers again after it did not. */
  returned(): void
  /** A control call was answered, or was not. */
  answered(milliseconds: number, failed: boolean): void
}

const upPollMs = 5000
const downPollMs = 1500
/**
 * Windows, forms and scripts ask for the same list within moments of each other. A recording that appears at the site is
 * waited for by someone: no answer is used for longer than a status poll takes to come round.
 */
const recordingsCache = {
  entriesMax: 50,
  bytesMax: 4 * 1024 * 1024,
  ttlMs: upPollMs
}
const closedCircuit: CircuitState = { state: 'closed', failures: 0, retryInMs: null }

export function createBackendWatch(options: BackendWatchOptions): BackendWatch {
  const { site, clock, log } = options
  let control: ControlClient | null = null
  let state: BackendStatus['state'] = 'unknown'
  let reason = 'It has not answered yet.'
  let fibre: LiveFibre | null = null
  let channels: { lowest: number; highest: number } | null = null
  let checkedAtNs: string | null = null
  let listed: BackendRecording[] = []
  let cancelPoll: (() => void) | null = null
  let lastTold = ''
  let disposed = false
  const lists = options.caches.create<Result<BackendRecording[]>>({
    ...recordingsCache,
    name: options.cacheName,
    sizeOf: (result) => (result.ok ? 2 * JSON.stringify(result.value).length : 0),
    keeps: (result) => result.ok
  })

  const status = (): BackendStatus => ({
    name: site.name,
    url: control?.baseUrl ?? site.backendUrl ?? '',
    embedded: options.embedded,
    state,
    reason,
    circuit: control?.circuit() ?? closedCircuit,
    channels,
    fibre,
    checkedAtNs
  })

  /** Told when something else than the time of the check has changed. */
  const tell = (): void => {
    const now = status()
    const key = JSON.stringify({ ...now, checkedAtNs: null, circuit: { ...now.circuit, retryInMs: null } })
    if (key === lastTold || disposed) return
    lastTold = key
    options.changed(now)
  }

  const become = (next: BackendStatus['state'], why: string): void => {
    const wasUp = state === 'up' || state === 'no-fibre'
    const isUp = next === 'up' || next === 'no-fibre'
    if (next !== state) log.info('backend_state', { from: state, to: next, reason: why })
    state = next
    reason = why
    tell()
    if (isUp && !wasUp) {
      lists.clear()
      options.returned()
    }
  }

  const schedule = (): void => {
    cancelPoll?.()
    if (disposed) return
    const retryInMs = control?.circuit().retryInMs ?? 0
    cancelPoll = clock.after(
      state === 'up' || state === 'no-fibre' ? upPollMs : Math.max(downPollMs, retryInMs),
      () => void poll()
    )
  }

  const poll = async (): Promise<void> => {
    const asked = control
    if (!asked || disposed) return
    const live = await asked.liveFibre({ once: true })
    const range = live.ok ? await asked.channels({ once: true }) : null
    if (asked !== control || disposed) return
    checkedAtNs = clock.nowNs().toString()
    if (live.ok) {
      fibre = live.value
      channels = range?.ok ? range.value : channels
      if (fibre.prrHz > 0) become('up', '')
      else become('no-fibre', fibre.description || 'The backend has no fibre.')
    } else if (live.error.code !== 'refused' && live.error.code !== 'not-found') become('down', live.error.message)
    // It answers, though not this: jobs may still be had.
    else become('no-fibre', live.error.message)
    schedule()
  }

  return {
    key: options.key,
    name: site.name,
    ca: options.ca,
    control: () => control,
    isUp: () => state === 'up' || state === 'no-fibre',
    fibre: () => fibre,
    channels: () => channels,
    status,
    async recordings(fromNs, toNs) {
      if (!control) return failure('unavailable', `${site.name}: ${reason}`)
      const asked = control
      const result = await lists.load(`${fromNs}…${toNs}`, () => asked.recordings(fromNs, toNs))
      if (result.ok && fromNs === null && toNs === null) listed = result.value
      return result
    },
    knownRecording: (name, startNs) =>
      listed.find((recording) =>
        name === null ? recording.name === null && recording.startNs === startNs : recording.name === name
      ) ?? null,
    recordingsChanged: () => lists.clear(),
    connect(url) {
      control?.dispose()
      lists.clear()
      control = createControlClient({
        baseUrl: url,
        ca: options.ca,
        fingerprint256: site.tlsFingerprint256,
        settings: options.streams,
        clock,
        random: options.random,
        onAnswer: options.answered,
        onReachable: () => void poll(),
        onCircuit: (circuit) => {
          log.warning('circuit', { state: circuit.state, failures: circuit.failures })
          tell()
        }
      })
      void poll()
    },
    disconnect(why) {
      control?.dispose()
      control = null
      cancelPoll?.()
      become('down', why)
    },
    dispose() {
      disposed = true
      cancelPoll?.()
      control?.dispose()
      control = null
    }
  }
}
