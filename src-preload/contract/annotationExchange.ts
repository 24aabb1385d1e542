import type { Annotation, AnnotationPoint } from './annotations.ts'

/** What a list of marks is read against: which channels there are, where they lie, and which time is shown. */
export interface AnnotationAxes {
  firstChannel: number
  channelStep: number
  channelCount: number
  /** Null where the source does not know. */
  firstDistanceM: number | null
  channelSpacingM: number | null
  startNs: bigint
  endNs: bigint
  /** Time between rows of the picture, nanoseconds. */
  rowIntervalNs: number
}

/** What came of reading a file: what could be read, and a sentence for each thing that could not. */
export interface ReadAnnotations {
  annotations: Annotation[]
  problems: string[]
}

/** What a mark gets that its file does not say. */
export interface NewAnnotation {
  id(): string
  nowNs: bigint
}

export const distanceOfChannel = (axes: AnnotationAxes, channel: number): number | null =>
  axes.firstDistanceM === null || axes.channelSpacingM === null
    ? null
    : axes.firstDistanceM + ((channel - axes.firstChannel) / axes.channelStep) * axes.channelSpacingM

export const channelAtDistance = (axes: AnnotationAxes, distanceM: number): number | null =>
  axes.firstDistanceM === null || axes.channelSpacingM === null || axes.channelSpacingM === 0
    ? null
    : axes.firstChannel + ((distanceM - axes.firstDistanceM) / axes.channelSpacingM) * axes.channelStep

export interface AnnotationExtent {
  startNs: bigint
  endNs: bigint
  channelFrom: number
  channelTo: number
}

/** The smallest box around all points of a mark. */
export function extentOf(points: readonly AnnotationPoint[]): AnnotationExtent {
  const times = points.map(({ timeNs }) => BigInt(timeNs)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const channels = points.map(({ channel }) => channel)
  return {
    startNs: times[0]!,
    endNs: times.at(-1)!,
    channelFrom: Math.min(...channels),
    channelTo: Math.max(...channels)
  }
}
