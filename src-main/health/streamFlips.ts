import type { JobSnapshot } from '../../src-preload/contract/schemas.ts'
import type { Happenings } from './happenings.ts'
import { clockTime, duration } from './sight.ts'

/** A stream that stops and goes on again and again is one line with a count and the time that it spans. */
export interface StreamFlips {
  stopped(job: JobSnapshot, before: JobSnapshot['state']): void
  again(job: JobSnapshot): void
  forget(jobId: string): void
}

/** Further apart they are troubles of their own. */
const togetherMs = 120_000

interface Flips {
  /** Key of the line. */
  key: string
  count: number
  fromMs: number
  lastMs: number
}

export function createFlips(happenings: Happenings, now: () => number = Date.now): StreamFlips {
  const all = new Map<string, Flips>()

  const say = ({ key }: Flips, severity: 'critical' | 'good', text: string, jobId: string): void =>
    happenings.changeInstead(key, { kind: 'job', severity, text, jobId })

  return {
    stopped({ id, state, reason }, before) {
      const nowMs = now()
      const known = all.get(id)
      const isTogether = known !== undefined && nowMs - known.lastMs <= togetherMs
      const flips: Flips = isTogether ? known : { key: `flips ${id} ${nowMs}`, count: 0, fromMs: nowMs, lastMs: nowMs }
      all.set(id, flips)
      // Stalled, and then connected anew, is one stop.
      if (!(before === 'stalled' || before === 'reconnecting') || flips.count === 0) flips.count++
      flips.lastMs = nowMs
      const times = flips.count > 1 ? ` ${flips.count} × since ${clockTime(flips.fromMs)}` : ''
      say(flips, 'critical', `${id}: ${state}${times}. ${reason}`, id)
    },
    again({ id, statistics }) {
      const nowMs = now()
      const missing = `${duration(1000 * statistics.gapS)} missing in all`
      const flips = all.get(id)
      if (!flips) return happenings.change('job', 'good', `${id} streams again, ${missing}.`, id)
      flips.lastMs = nowMs
      const stops = flips.count > 1 ? `stopped ${flips.count} ×` : 'was stopped'
      say(
        flips,
        'good',
        `${id} streams again: it ${stops} from ${clockTime(flips.fromMs)} to ${clockTime(nowMs)}, ${missing}.`,
        id
      )
    },
    forget: (jobId) => void all.delete(jobId)
  }
}
