/** A part of a pane, CSS pixels inside its element. */
export interface MarksArea {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export interface DrawnPoint {
  timeMs: number
  channel: number
}

/** A mark as any picture may show it: in time, along the fibre, and where it has a band, in frequency. */
export interface DrawnShape {
  kind: 'point' | 'box' | 'line'
  points: readonly DrawnPoint[]
  band: { lowHz: number; highHz: number } | null
}

/** One of the two cursors. */
export interface DrawnCursor extends DrawnPoint {
  name: string
  /** Null where it stands in a picture without frequencies. */
  hertz: number | null
  value: number | null
  unit: string
}

/** What a picture shows of a shape. `area`: the picture, one of those that a pane may have. */
export type Figure = { area: MarksArea } & (
  | { kind: 'dot'; x: number; y: number }
  | { kind: 'box'; left: number; top: number; right: number; bottom: number }
  | { kind: 'path'; places: readonly (readonly [number, number])[] }
)

/** Where a cursor's lines are in a picture; null: its time (frequency, value) does not lie in view there. */
export interface Cross {
  area: MarksArea
  x: number | null
  y: number | null
  /** The name stands where the cursor was set, or once. */
  isNamed: boolean
}

/** Where times, channels and frequencies lie in a pane. Its own area holds those of all its pictures. */
export interface MarksProjection extends MarksArea {
  figures(shape: DrawnShape): readonly Figure[]
  crosses(cursor: DrawnCursor): readonly Cross[]
}

/** A picture with channels across and time down: every point has its place. */
interface ChannelTimePicture extends MarksArea {
  xFromChannel(channel: number): number
  yFromTime(timeMs: number): number
}

export function figuresOfChannelTime(picture: ChannelTimePicture, { kind, points }: DrawnShape): readonly Figure[] {
  const places = points.map(
    ({ channel, timeMs }) => [picture.xFromChannel(channel), picture.yFromTime(timeMs)] as const
  )
  const [first, last] = [places[0], places.at(-1)]
  if (!first || !last) return []
  const area = picture
  if (kind === 'point') return [{ kind: 'dot', area, x: first[0], y: first[1] }]
  if (kind === 'line') return [{ kind: 'path', area, places }]
  return [
    {
      kind: 'box',
      area,
      left: Math.min(first[0], last[0]),
      top: Math.min(first[1], last[1]),
      right: Math.max(first[0], last[0]),
      bottom: Math.max(first[1], last[1])
    }
  ]
}

export const crossesOfChannelTime = (
  picture: ChannelTimePicture,
  { channel, timeMs }: DrawnCursor
): readonly Cross[] => [
  { area: picture, x: picture.xFromChannel(channel), y: picture.yFromTime(timeMs), isNamed: true }
]
