/** Rows that were left out come later, or never: after so long they are not waited for. */
const holeKeptMs = 60_000
const holesMax = 64

/** Which rows of an epoch have come, as far as it matters for going on where a view left off. */
export class ReceivedRows {
  private next: number | null = null
  private holes: { first: number; end: number; atMs: number }[] = []

  /** Rows, or a gap that says that they will never come. */
  add(firstRow: number, rowCount: number, nowMs: number): void {
    const endRow = firstRow + rowCount
    if (this.next !== null && firstRow > this.next) this.holes.push({ first: this.next, end: firstRow, atMs: nowMs })
    else if (this.holes.length > 0) this.fill(firstRow, endRow)
    if (this.holes.length > holesMax) this.holes.shift()
    this.next = Math.max(this.next ?? firstRow, endRow)
  }

  /** First row that has not come and may; null before the first. */
  resumeAt(nowMs: number): number | null {
    this.holes = this.holes.filter(({ atMs }) => nowMs - atMs < holeKeptMs)
    return this.next === null ? null : Math.min(this.next, ...this.holes.map(({ first }) => first))
  }

  clear(): void {
    this.next = null
    this.holes = []
  }

  private fill(firstRow: number, endRow: number): void {
    this.holes = this.holes
      .flatMap((hole) => [
        { ...hole, end: Math.min(hole.end, firstRow) },
        { ...hole, first: Math.max(hole.first, endRow) }
      ])
      .filter(({ first, end }) => end > first)
  }
}
