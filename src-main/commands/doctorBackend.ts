import { bad, good, messageOf, warn, type Check } from './check.ts'

const answersWithinMs = 5000
const clockSampleMs = 250

export interface BackendAnswer {
  check: Check
  /** The server's Date header, a whole second; null where it sent none. */
  serverDateMs: number | null
  /** This machine's clock in the middle of the call. */
  askedMs: number
}

/** Does the backend answer `GET /ack`? Without one named, the embedded server is used and there is nothing to reach. */
export async function checkBackend(url: string | null): Promise<BackendAnswer> {
  const nothing = { serverDateMs: null, askedMs: Date.now() }
  if (url === null) return { check: good('backend', 'the embedded Focus Server, started with the program'), ...nothing }
  const startedMs = Date.now()
  try {
    const answer = await fetch(`${url}/ack`, { signal: AbortSignal.timeout(answersWithinMs) })
    const endedMs = Date.now()
    await answer.arrayBuffer()
    const date = Date.parse(answer.headers.get('date') ?? '')
    const found = `${url} answered ${answer.status} in ${endedMs - startedMs} ms`
    return {
      check: answer.ok ? good('backend', found) : bad('backend', found, 'Is this address a Focus Server?'),
      serverDateMs: Number.isNaN(date) ? null : date,
      askedMs: (startedMs + endedMs) / 2
    }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : messageOf(error)
    return { check: bad('backend', `${url}: ${cause}`, 'Is it running, and is the address right?'), ...nothing }
  }
}

/** Waits without giving the thread away, so that no timer's lateness counts as a clock's. */
function clockRates(): { wallMs: number; monotonicMs: number } {
  const wall = Date.now()
  const monotonic = performance.now()
  while (performance.now() - monotonic < clockSampleMs);
  return { wallMs: Date.now() - wall, monotonicMs: performance.now() - monotonic }
}

/** Is this machine's UTC steady, and the same as the backend's? A `Date` header is cut to the second. */
export function checkClocks(serverDateMs: number | null, askedMs: number): Check[] {
  const { wallMs, monotonicMs } = clockRates()
  const jump = wallMs - monotonicMs
  const now = new Date().toISOString()
  const checks = [
    Math.abs(jump) > 20
      ? warn(
          'clock',
          `${now}, it moved by ${jump.toFixed(0)} ms within ${clockSampleMs} ms`,
          'Is a time service correcting it?'
        )
      : good('clock', `${now}, steady`)
  ]
  if (serverDateMs === null) return checks
  // Cut to the second: the server's clock lies between its Date and one second later.
  const difference = askedMs - serverDateMs
  const aheadMs = difference < 0 ? difference : Math.max(0, difference - 1000)
  checks.push(
    Math.abs(aheadMs) > 1000
      ? warn(
          "backend's clock",
          `this machine is ${(Math.abs(aheadMs) / 1000).toFixed(1)} s ${aheadMs > 0 ? 'ahead' : 'behind'}`,
          'Latencies and times of live data are off by that much: synchronise both with a time service.'
        )
      : good("backend's clock", 'agrees to within a second')
  )
  return checks
}
