import type { CircuitState } from '../../src-preload/contract/schemas.ts'
import type { Clock } from '../clock.ts'

export interface CircuitBreaker {
  /**
   * Asks before every attempt. Open: no. After the open time: yes for one caller, the probe, whose outcome decides. Who got
   * a yes must report `succeeded` or `failed`.
   */
  admits(): boolean
  succeeded(): void
  failed(): void
  /** There is other evidence that the peer is back (its process said so, its stream port answers): the next call may probe. */
  allowProbe(): void
  state(): CircuitState
}

export interface CircuitSettings {
  failures: number
  openMs: number
}

export function createCircuitBreaker(
  settings: CircuitSettings,
  clock: Clock,
  onChange: (state: CircuitState) => void = () => undefined
): CircuitBreaker {
  let state: CircuitState['state'] = 'closed'
  let failures = 0
  let openUntilMs = 0
  let probeRunning = false

  const read = (): CircuitState => ({
    state,
    failures,
    retryInMs: state === 'open' ? Math.max(0, openUntilMs - clock.monotonicMs()) : state === 'probing' ? 0 : null
  })
  const become = (next: CircuitState['state']): void => {
    if (next === state) return
    state = next
    onChange(read())
  }

  return {
    admits() {
      if (state === 'closed') return true
      if (state === 'open' && clock.monotonicMs() < openUntilMs) return false
      if (probeRunning) return false
      probeRunning = true
      become('probing')
      return true
    },
    succeeded() {
      failures = 0
      probeRunning = false
      become('closed')
    },
    failed() {
      failures++
      probeRunning = false
      if (state !== 'probing' && failures < settings.failures) return
      openUntilMs = clock.monotonicMs() + settings.openMs
      become('open')
    },
    allowProbe() {
      if (state === 'open') openUntilMs = clock.monotonicMs()
    },
    state: read
  }
}
