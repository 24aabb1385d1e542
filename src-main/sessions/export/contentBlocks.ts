import type { SampleArray } from '../../recordings/recording.ts'
import type { ChannelIndices } from './contentReader.ts'
import { type ExportContent, rowBytes } from './exportContent.ts'
import { ExportCancelled } from './exportFormat.ts'

export interface ContentBlock {
  firstRow: number
  rows: number
  /** Time-major; the receiver's own. */
  values: SampleArray
}

/** What is read at once, unless a format needs other lengths. */
const blockBytes = 8 * 1024 * 1024
/** Filters read much more than they give: longer blocks read less of it twice. */
const leastFilteredRows = 64

/** Rows of a block of about 8 MiB, a multiple of `multiple`. */
export function blockRows(content: ExportContent, multiple = 1, bytes = blockBytes): number {
  const wanted = Math.floor(bytes / content.decimation / rowBytes(content))
  const rows = content.decimation > 1 ? Math.max(leastFilteredRows, wanted) : wanted
  return Math.max(1, Math.floor(rows / multiple)) * multiple
}

/**
 * Rows `from` … `to` of the content in blocks of `rows`, the last one shorter. The next block is read while the one before it
 * is being written. Throws `ExportCancelled` when the signal says so.
 */
export async function* contentBlocks(
  content: ExportContent,
  signal: AbortSignal,
  range: { from: number; to: number; rows: number; band?: number; channels?: ChannelIndices }
): AsyncGenerator<ContentBlock> {
  const { to, rows, band = 0, channels } = range
  const ask = (from: number): Promise<SampleArray> | null => {
    if (from >= to) return null
    const reading = content.read(from, Math.min(to, from + rows), band, channels)
    // Nobody may come for it, when the block before it cannot be written.
    reading.catch(() => undefined)
    return reading
  }
  let next = ask(range.from)
  for (let from = range.from; from < to; from += rows) {
    if (signal.aborted) throw new ExportCancelled()
    const values = await next!
    next = ask(from + rows)
    // Sources in memory answer without a pause: signals and other readers get their turn.
    await new Promise((resolve) => setImmediate(resolve))
    if (signal.aborted) throw new ExportCancelled()
    yield { firstRow: from, rows: Math.min(rows, to - from), values }
  }
}
