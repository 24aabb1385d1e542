import type { ViewDescription } from '../schemas.ts'
import { millisecondsFromNanoseconds } from '../units.ts'

/** What the time axis counts: a clock where the start is known, else seconds from the start, or rows where not even those are. */
export type TimeScale = 'utc' | 'seconds' | 'rows'

export type AxesDescription = Pick<ViewDescription, 'columns' | 'originNs' | 'rowIntervalNs'> & {
  timeScale?: TimeScale
}

/**
 * From cell coordinates to physical ones. A cell k spans the coordinates [k, k + 1); its own time or distance is that of
 * its centre, k + ½. Slots are rows, or several rows together where a range has more rows than can be kept.
 */
export class PictureAxes {
  readonly columns: number
  readonly rowsPerSlot: number
  /** `seconds` and `rows` count thousands of the milliseconds that times are in. */
  readonly timeScale: TimeScale
  readonly slotMs: number
  readonly hasDistance: boolean
  readonly metresPerColumn: number
  readonly channelsPerColumn: number
  /** Time of the centre of slot 0, milliseconds since the epoch. */
  private readonly firstSlotMs: number
  private readonly firstColumnM: number
  private readonly firstChannel: number
  private readonly channelStep: number
  private readonly originNs: bigint
  private readonly rowNs: number

  constructor(description: AxesDescription, rowsPerSlot: number) {
    const { columns } = description
    this.columns = columns.count
    this.rowsPerSlot = rowsPerSlot
    this.timeScale = description.timeScale ?? 'utc'
    this.originNs = BigInt(description.originNs)
    this.rowNs = description.rowIntervalNs
    const rowMs = description.rowIntervalNs / 1e6
    this.slotMs = rowMs * rowsPerSlot
    this.firstSlotMs = millisecondsFromNanoseconds(this.originNs) + ((rowsPerSlot - 1) / 2) * rowMs
    this.hasDistance = columns.firstDistanceM !== null && columns.channelSpacingM !== null
    this.channelsPerColumn = columns.channelsPerColumn
    this.channelStep = columns.channelStep
    this.firstChannel = columns.firstChannel
    const spacing = columns.channelSpacingM ?? 0
    this.metresPerColumn = spacing * columns.channelsPerColumn
    this.firstColumnM = (columns.firstDistanceM ?? 0) + ((columns.channelsPerColumn - 1) / 2) * spacing
  }

  timeFromSlot(slot: number): number {
    return this.firstSlotMs + (slot - 0.5) * this.slotMs
  }

  slotFromTime(ms: number): number {
    return (ms - this.firstSlotMs) / this.slotMs + 0.5
  }

  /** Exact time of a row's centre. */
  rowTimeNs(row: number): bigint {
    const whole = Math.floor(this.rowNs)
    return this.originNs + BigInt(row) * BigInt(whole) + BigInt(Math.round(row * (this.rowNs - whole)))
  }

  distanceFromColumn(column: number): number {
    return this.firstColumnM + (column - 0.5) * this.metresPerColumn
  }

  columnFromDistance(metres: number): number {
    return (metres - this.firstColumnM) / this.metresPerColumn + 0.5
  }

  /** Channel number at a coordinate; at a column's centre it is the middle of the channels averaged there. */
  channelFromColumn(column: number): number {
    return (
      this.firstChannel +
      this.channelStep * ((column - 0.5) * this.channelsPerColumn + (this.channelsPerColumn - 1) / 2)
    )
  }

  columnFromChannel(channel: number): number {
    const index = (channel - this.firstChannel) / this.channelStep
    return (index - (this.channelsPerColumn - 1) / 2) / this.channelsPerColumn + 0.5
  }

  /** First and last channel number of a column. */
  channelsOfColumn(column: number): { first: number; last: number } {
    const first = this.firstChannel + this.channelStep * column * this.channelsPerColumn
    return { first, last: first + this.channelStep * (this.channelsPerColumn - 1) }
  }
}
