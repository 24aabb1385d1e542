import type { Annotation, AnnotationPoint } from '../../../src-preload/contract/annotations.ts'
import { isoFromNanoseconds } from '../../../src-preload/contract/units.ts'
import { fitApparentVelocity, type LineFit } from '../../render/measure/apparentVelocity.ts'
import type { Pick } from '../../stores/measureStore.ts'

/** A new mark, named by its time until somebody names it better. */
export const markOf = (
  kind: Annotation['kind'],
  points: AnnotationPoint[],
  nowNs: bigint,
  more: Partial<Annotation> = {}
): Annotation => ({
  id: crypto.randomUUID(),
  kind,
  points,
  band: null,
  label: `${kind} ${isoFromNanoseconds(BigInt(points[0]!.timeNs)).slice(11, 19)}`,
  colour: kind === 'point' ? 'blue' : kind === 'box' ? 'violet' : 'orange',
  note: '',
  measured: null,
  createdAtNs: nowNs.toString(),
  changedAtNs: nowNs.toString(),
  ...more
})

/** The line through what was picked; null without distances or with fewer than two places. */
export const fitOfPicks = (picks: readonly Pick[]): LineFit | null =>
  picks.every(({ distanceM }) => distanceM !== null)
    ? fitApparentVelocity(picks.map(({ timeMs, distanceM }) => ({ timeS: timeMs / 1000, distanceM: distanceM! })))
    : null
