/** What is known of how the blocks of a file follow each other; null where the file does not say it. */
export interface BlockFacts {
  blockRows: number
  /** Seconds between two rows. */
  rowSeconds: number | null
  /** Seconds between two blocks by their times, and how many steps that is the mean of. */
  measuredSeconds: number | null
  steps: number
  /** Seconds between two blocks by `BlockRate`. */
  statedSeconds: number | null
  /** `Overlap` or `BlockOverlap`, in percent. */
  overlapPercent: number | null
}

export interface BlockLayout {
  keptRows: number
  skippedRows: number
  rowSeconds: number | null
}

/** Times of blocks are off by this much, one by one. */
const jitterSeconds = 0.02

/**
 * How many rows of a block are new, and how far they lie apart. The overlap is a percentage of the new rows (100: every
 * second row repeats) in some versions and of the block in others: the times of the blocks decide. No attribute
 * means no overlap, unless the times say otherwise.
 */
export function blockLayout(facts: BlockFacts, warnings: string[]): BlockLayout {
  const { blockRows, rowSeconds, measuredSeconds, steps, statedSeconds, overlapPercent } = facts
  const seconds = measuredSeconds ?? statedSeconds
  if (rowSeconds === null) {
    const keptRows = byOverlap(blockRows, overlapPercent)[0] ?? blockRows
    return trimmed(blockRows, keptRows, seconds === null ? null : seconds / keptRows)
  }
  const stated = statedSeconds === null ? [] : [Math.round(statedSeconds / rowSeconds)]
  const candidates = [...byOverlap(blockRows, overlapPercent), ...stated, blockRows].filter(
    (rows) => rows >= 1 && rows <= blockRows
  )
  if (measuredSeconds === null) {
    const keptRows = stated.find((rows) => candidates.includes(rows)) ?? candidates[0]!
    if (stated.length === 0 && keptRows < blockRows)
      warnings.push(
        `Nothing but an overlap of ${overlapPercent} % says which rows repeat: ${keptRows} of the ${blockRows} rows of a block were taken as new.`
      )
    return trimmed(blockRows, keptRows, rowSeconds)
  }
  const measured = measuredSeconds / rowSeconds
  const tolerance = Math.max(measured * 0.02, (2 * jitterSeconds) / rowSeconds / Math.max(1, steps))
  const fitting = candidates
    .filter((rows) => Math.abs(rows - measured) <= tolerance)
    .sort((a, b) => Math.abs(a - measured) - Math.abs(b - measured))[0]
  if (fitting !== undefined) return trimmed(blockRows, fitting, rowSeconds)
  if (measured < blockRows) {
    const keptRows = Math.max(1, Math.round(measured))
    warnings.push(
      `The blocks follow each other every ${keptRows} of their ${blockRows} rows, which ${overlapPercent === null ? 'no overlap is given for' : `is not the overlap of ${overlapPercent} %`}: the times were followed.`
    )
    return trimmed(blockRows, keptRows, rowSeconds)
  }
  warnings.push(
    `${blockRows} rows every ${measuredSeconds.toFixed(4)} s are not the ${(1 / rowSeconds).toFixed(3)} Hz of the header: the times were taken.`
  )
  return trimmed(blockRows, blockRows, measuredSeconds / blockRows)
}

/** Both readings of the percentage, the one that gives whole rows first. */
function byOverlap(blockRows: number, percent: number | null): number[] {
  if (percent === null || percent <= 0) return []
  const ofNewRows = blockRows / (1 + percent / 100)
  const ofBlock = percent < 100 ? [blockRows * (1 - percent / 100)] : []
  const fraction = (rows: number): number => Math.abs(rows - Math.round(rows))
  return [ofNewRows, ...ofBlock].sort((a, b) => fraction(a) - fraction(b)).map(Math.round)
}

/** What repeats is cut evenly from both ends. */
const trimmed = (blockRows: number, keptRows: number, rowSeconds: number | null): BlockLayout => ({
  keptRows,
  skippedRows: Math.floor((blockRows - keptRows) / 2),
  rowSeconds
})
