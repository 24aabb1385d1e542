import { durationText, numberText } from '../../src-preload/contract/drawing/ticks.ts'
import type { TileProjection } from './tileProjection.ts'
import type { WaterfallModel } from './waterfallModel.ts'

/** Whole cells of a picture: rows and columns [first, end). */
export interface SelectedCells {
  rowFirst: number
  rowEnd: number
  columnFirst: number
  columnEnd: number
}

/** What was picked, in the terms of the job and its fibre. */
export interface Selection {
  jobId: string
  epoch: number
  channels: { first: number; last: number }
  distancesM: { first: number; last: number } | null
  firstRow: number
  rowCount: number
  firstColumn: number
  columnCount: number
  /** From the beginning of the first row to the end of the last one, integer nanoseconds as text. */
  startNs: string
  endNs: string
}

const lineColour = '#ffffff'
const shade = 'rgba(255, 255, 255, 0.10)'
const edge = 'rgba(0, 0, 0, 0.65)'
const labelGround = 'rgba(10, 13, 18, 0.88)'
const labelText = '#e8edf4'

/** The cells that a box between two corners touches; at least one. */
export function cellsBetween(
  projection: TileProjection,
  from: { x: number; y: number },
  to: { x: number; y: number },
  columns: number
): SelectedCells {
  const column = (x: number): number => Math.min(Math.max(Math.floor(projection.columnFromX(x)), 0), columns - 1)
  const rows = [Math.floor(projection.rowFromY(from.y)), Math.floor(projection.rowFromY(to.y))]
  const found = [column(from.x), column(to.x)]
  return {
    rowFirst: Math.min(...rows),
    rowEnd: Math.max(...rows) + 1,
    columnFirst: Math.min(...found),
    columnEnd: Math.max(...found) + 1
  }
}

/** The picked part of a picture, as it is drawn over it. A layer of the tile's overlay. */
export class PictureSelection {
  version = 0
  cells: SelectedCells | null = null
  private readonly model: WaterfallModel

  constructor(model: WaterfallModel) {
    this.model = model
  }

  set(cells: SelectedCells | null): void {
    this.cells = cells
    this.version++
  }

  describe(): Selection | null {
    const { cells } = this
    const { axes, description } = this.model
    if (!cells || !axes || !description) return null
    const first = axes.channelsOfColumn(cells.columnFirst)
    const last = axes.channelsOfColumn(cells.columnEnd - 1)
    const halfRowNs = BigInt(Math.round(description.rowIntervalNs / 2))
    return {
      jobId: description.jobId,
      epoch: description.epoch,
      channels: { first: Math.min(first.first, last.last), last: Math.max(first.first, last.last) },
      distancesM: axes.hasDistance
        ? {
            first: axes.distanceFromColumn(cells.columnFirst + 0.5),
            last: axes.distanceFromColumn(cells.columnEnd - 0.5)
          }
        : null,
      firstRow: cells.rowFirst,
      rowCount: cells.rowEnd - cells.rowFirst,
      firstColumn: cells.columnFirst,
      columnCount: cells.columnEnd - cells.columnFirst,
      startNs: String(axes.rowTimeNs(cells.rowFirst) - halfRowNs),
      endNs: String(axes.rowTimeNs(cells.rowEnd - 1) + halfRowNs)
    }
  }

  draw(context: CanvasRenderingContext2D, projection: TileProjection): void {
    const { cells } = this
    const selection = this.describe()
    if (!cells || !selection) return
    const [xA, xB] = [projection.xFromColumn(cells.columnFirst), projection.xFromColumn(cells.columnEnd)]
    const [yA, yB] = [projection.yFromRow(cells.rowFirst), projection.yFromRow(cells.rowEnd)]
    const [x, y] = [Math.min(xA, xB), Math.min(yA, yB)]
    const [width, height] = [Math.abs(xB - xA), Math.abs(yB - yA)]
    context.fillStyle = shade
    context.fillRect(x, y, width, height)
    context.lineWidth = 1
    context.strokeStyle = edge
    context.strokeRect(x - 1, y - 1, width + 2, height + 2)
    context.strokeStyle = lineColour
    context.strokeRect(x, y, width, height)
    this.drawLabel(context, projection, x, y, selection)
  }

  private drawLabel(
    context: CanvasRenderingContext2D,
    projection: TileProjection,
    x: number,
    y: number,
    { channels, rowCount }: Selection
  ): void {
    const rowMs = this.model.axes?.slotMs ?? 0
    const place =
      channels.first === channels.last
        ? `channel ${numberText(channels.first)}`
        : `channels ${numberText(channels.first)}–${numberText(channels.last)}`
    const text = `${place} · ${durationText(rowCount * rowMs)}`
    const width = context.measureText(text).width + 12
    const left = Math.min(Math.max(x, projection.left), projection.left + projection.width - width)
    const top = y - 20 < projection.top ? Math.max(y + 4, projection.top + 4) : y - 20
    context.fillStyle = labelGround
    context.fillRect(left, top, width, 17)
    context.fillStyle = labelText
    context.textAlign = 'left'
    context.textBaseline = 'middle'
    context.fillText(text, left + 6, top + 9)
  }
}
