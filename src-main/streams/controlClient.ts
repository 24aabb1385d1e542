import { failure, ok, type Result } from '../../src-preload/contract/errors.ts'
import type { BackendRecording, CircuitState, LiveFibre } from '../../src-preload/contract/schemas.ts'
import type { StreamSettings } from '../../src-preload/contract/settings.ts'
import { secondsFromNanoseconds, type Nanoseconds } from '../../src-preload/contract/units.ts'
import { delay, type Clock } from '../clock.ts'
import { backoffDelayMs } from './backoff.ts'
import { createCircuitBreaker } from './circuitBreaker.ts'
import {
  readChannels,
  readConfiguredJob,
  readErrorAnswer,
  readLiveFibre,
  readRecordings,
  type ConfiguredJob
} from './controlAnswers.ts'
import { watchDoor } from './doorWatch.ts'
import { createHttpClient, type HttpAnswer, type HttpFailure, type SocketCounts } from './httpRequest.ts'

/** Body of `/configure`, exactly as the strictest server wants it. */
export interface ConfigureBody {
  displayTimeAxisDuration: number | null
  nfftSelection: number | null
  displayInfo: { height: number }
  channels: { min: number; max: number }
  frequencyRange: { min: number; max: number } | null
  start_time: number | null
  end_time: number | null
  view_type: '0' | '1' | '2'
  /** Ours: one of the recordings that `GET /recordings` names. */
  recording?: string
  /** Ours: the start to the nanosecond, in the second of `start_time`. */
  start_time_ns?: string
}

export interface ControlClientOptions {
  baseUrl: string
  ca: string | null
  fingerprint256: string | null
  settings: StreamSettings
  clock: Clock
  random?: () => number
  onCircuit?: (state: CircuitState) => void
  /** Each attempt of a call. */
  onAnswer?: (milliseconds: number, failed: boolean) => void
  /** While the circuit is open for a closed port: the port takes connections again, and the next call may probe. */
  onReachable?: () => void
}

export interface CallOptions {
  /** No repetitions: the caller asks again by itself (polling). */
  once?: boolean
}

/** A Focus Server's REST interface. Every answer is a `Result`; nothing throws, every call ends. */
export interface ControlClient {
  readonly baseUrl: string
  acknowledge(options?: CallOptions): Promise<Result<null>>
  channels(options?: CallOptions): Promise<Result<{ lowest: number; highest: number }>>
  liveFibre(options?: CallOptions): Promise<Result<LiveFibre>>
  /** Never repeated once it may have reached the server: a second job would be left over. */
  configure(body: ConfigureBody): Promise<Result<ConfiguredJob>>
  metadata(jobId: string, options?: CallOptions): Promise<Result<ConfiguredJob>>
  /** `unsupported`: this server ends jobs when the stream is disconnected. */
  deleteJob(jobId: string, options?: CallOptions): Promise<Result<'deleted' | 'gone' | 'unsupported'>>
  recordings(fromNs: Nanoseconds | null, toNs: Nanoseconds | null): Promise<Result<BackendRecording[]>>
  circuit(): CircuitState
  /** There is evidence that the server is back: the next call goes out even if the circuit is open. */
  allowProbe(): void
  sockets(): SocketCounts
  dispose(): void
}

const responseMaxBytes = 8 * 1024 * 1024

function parseJson(text: string): unknown {
  try {
    return text.trim() === '' ? {} : (JSON.parse(text) as unknown)
  } catch {
    return undefined
  }
}

/**
 * What says that the server itself is in trouble, as opposed to having refused this request. A 500 with an application's
 * own `error` is an answer about the request (`Error parsing configuration`).
 */
function countsAsFailure(answer: HttpAnswer | HttpFailure): boolean {
  if (answer.kind === 'failure') return answer.cause !== 'aborted'
  if (answer.status === 502 || answer.status === 504) return true
  return answer.status === 500 && readErrorAnswer(parseJson(answer.text)).message === ''
}

function failureFrom(answer: HttpAnswer | HttpFailure, host: string): ReturnType<typeof failure> {
  if (answer.kind === 'failure') {
    const code = answer.cause === 'timed-out' ? 'timed-out' : answer.cause === 'aborted' ? 'cancelled' : 'unavailable'
    return failure(code, `${answer.message}.`)
  }
  const { message, fields } = readErrorAnswer(parseJson(answer.text))
  const sentence = `${host} answered ${answer.status}${message ? `: ${message}` : ''}.`
  const more = answer.retryAfterMs === null ? {} : { retryAfterMs: answer.retryAfterMs }
  if (answer.status === 404) return failure('not-found', sentence, more)
  if (answer.status === 422 || answer.status === 400) return failure('invalid', sentence, { ...more, fields })
  if (answer.status === 503 || answer.status === 429) return failure('refused', sentence, more)
  return failure(countsAsFailure(answer) ? 'unavailable' : 'failed', sentence, more)
}

export function createControlClient(options: ControlClientOptions): ControlClient {
  const { settings, clock, random = Math.random } = options
  const { host, hostname, port, protocol } = new URL(options.baseUrl)
  const http = createHttpClient({ ...options, timeoutMs: settings.controlTimeoutMs, responseMaxBytes })
  const circuit = createCircuitBreaker(
    { failures: settings.circuitFailures, openMs: settings.circuitOpenMs },
    clock,
    options.onCircuit
  )
  const stop = new AbortController()
  let leaveDoor: (() => void) | null = null

  const keepDoorWatched = (answer: HttpAnswer | HttpFailure): void => {
    leaveDoor?.()
    leaveDoor = null
    const closedDoor = answer.kind === 'failure' && answer.cause === 'not-connected'
    if (!closedDoor || circuit.state().state !== 'open' || stop.signal.aborted) return
    leaveDoor = watchDoor({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
      clock,
      opened() {
        circuit.allowProbe()
        options.onReachable?.()
      }
    })
  }
  let listsNames: boolean | null = null

  const circuitOpen = (): ReturnType<typeof failure> => {
    const retryAfterMs = Math.ceil(circuit.state().retryInMs ?? 0)
    const seconds = Math.ceil(retryAfterMs / 1000)
    return failure(
      'unavailable',
      `${host} failed ${circuit.state().failures} times in a row and is not asked now; tried again in ${seconds} s.`,
      { retryAfterMs }
    )
  }

  const attempt = async (method: string, path: string, body?: object): Promise<HttpAnswer | HttpFailure | null> => {
    if (!circuit.admits()) return null
    const startMs = clock.monotonicMs()
    const answer = await http.request(method, path, body)
    options.onAnswer?.(clock.monotonicMs() - startMs, countsAsFailure(answer))
    if (countsAsFailure(answer)) circuit.failed()
    else circuit.succeeded()
    keepDoorWatched(answer)
    return answer
  }

  /** `repeatable`: repeating cannot do harm. What never left may always be repeated. */
  const call = async <T extends object | null>(
    [method, path, body]: [method: string, path: string, body?: object],
    { once = false, repeatable = true }: { once?: boolean; repeatable?: boolean },
    read: (value: unknown) => T | string
  ): Promise<Result<T>> => {
    const tries = once ? 1 : Math.max(1, settings.controlRetries)
    for (let number = 1; ; number++) {
      const answer = await attempt(method, path, body)
      if (answer === null) return circuitOpen()
      if (answer.kind === 'answer' && answer.status >= 200 && answer.status < 300) {
        const value = read(parseJson(answer.text))
        if (typeof value !== 'string') return ok(value)
        return failure('unreadable', `${host} answered ${method} ${path} with something else than expected: ${value}.`)
      }
      const result = failureFrom(answer, host)
      const safe = repeatable || (answer.kind === 'failure' && answer.cause === 'not-connected')
      if (number >= tries || !safe || !countsAsFailure(answer)) return result
      if (answer.kind === 'failure' && answer.cause === 'untrusted') return result
      const waitMs = backoffDelayMs(
        number,
        { firstMs: settings.retryFirstMs, maxMs: settings.retryMaxMs },
        random,
        result.error.retryAfterMs
      )
      if (!(await delay(clock, waitMs, stop.signal))) return failure('cancelled', 'The program is closing.')
    }
  }

  const listByTime = (fromNs: Nanoseconds | null, toNs: Nanoseconds | null): Promise<Result<BackendRecording[]>> => {
    const start_time = fromNs === null ? 0 : Math.floor(secondsFromNanoseconds(fromNs))
    const end_time = Math.ceil(toNs === null ? clock.nowMs() / 1000 : secondsFromNanoseconds(toNs))
    return call(['POST', '/recordings_in_time_range', { start_time, end_time }], {}, readRecordings)
  }

  const overlaps = (recording: BackendRecording, fromNs: Nanoseconds | null, toNs: Nanoseconds | null): boolean =>
    (toNs === null || BigInt(recording.startNs) < toNs) &&
    (fromNs === null || recording.endNs === null || BigInt(recording.endNs) > fromNs)

  return {
    baseUrl: options.baseUrl,
    acknowledge: (more = {}) => call(['GET', '/ack'], more, () => null),
    channels: (more = {}) => call(['GET', '/channels'], more, readChannels),
    liveFibre: (more = {}) => call(['GET', '/live_metadata'], more, readLiveFibre),
    configure: (body) => call(['POST', '/configure', body], { repeatable: false }, readConfiguredJob),
    metadata: (jobId, more = {}) => call(['GET', `/metadata/${encodeURIComponent(jobId)}`], more, readConfiguredJob),
    async deleteJob(jobId, more = {}) {
      const path = `/job/${encodeURIComponent(jobId)}`
      const result = await call(['DELETE', path], more, () => null)
      if (result.ok) return ok('deleted')
      // A framework's own "Not Found" means that the route is missing, not the job.
      if (result.error.code === 'not-found')
        return ok(/: Not Found\.$/.test(result.error.message) ? 'unsupported' : 'gone')
      return /answered 405/.test(result.error.message) ? ok('unsupported') : result
    },
    async recordings(fromNs, toNs) {
      if (listsNames !== false) {
        const named = await call(['GET', '/recordings'], {}, readRecordings)
        if (named.ok) listsNames = true
        if (named.ok) return ok(named.value.filter((recording) => overlaps(recording, fromNs, toNs)))
        if (!['not-found', 'failed', 'invalid'].includes(named.error.code)) return named
        listsNames = false
      }
      const ranges = await listByTime(fromNs, toNs)
      return !ranges.ok && ranges.error.code === 'not-found' ? ok([]) : ranges
    },
    circuit: () => circuit.state(),
    allowProbe: () => circuit.allowProbe(),
    sockets: () => http.sockets(),
    dispose() {
      stop.abort()
      leaveDoor?.()
      http.dispose()
    }
  }
}
