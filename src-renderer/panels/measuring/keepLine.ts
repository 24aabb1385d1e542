import { nanosecondsFromMilliseconds } from '../../../src-preload/contract/units.ts'
import type { Stores } from '../../stores/stores.ts'
import { fitOfPicks, markOf } from './marks.ts'

/** Makes an annotation of the picked line, with what was measured on it; the picks go. False with fewer than two. */
export async function keepLine(stores: Stores, tileId: string, jobId: string, nowMs: number): Promise<boolean> {
  const measure = stores.measures.of(tileId)
  const { picks } = measure.getState()
  if (picks.length < 2) return false
  const fit = fitOfPicks(picks)
  const points = picks.map(({ timeMs, channel }) => ({
    timeNs: nanosecondsFromMilliseconds(timeMs).toString(),
    channel
  }))
  const measured =
    fit && Number.isFinite(fit.velocityMps) ? { velocityMps: fit.velocityMps, rSquared: fit.rSquared } : null
  const mark = markOf('line', points, nanosecondsFromMilliseconds(nowMs), { measured })
  if (!(await stores.annotations.put(jobId, [mark]))) return false
  stores.annotations.setState({ selectedId: mark.id })
  measure.setState({ picks: [] })
  return true
}
