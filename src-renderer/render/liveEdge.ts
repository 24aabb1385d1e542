/** How far the newest edge may run ahead of the newest row, milliseconds: rows come in bursts of a block. */
const mostLeadMs = 300

/**
 * The newest edge of a live picture. It moves with time, not with arrivals, so that the picture glides; a row that comes is
 * always inside at once, and when none comes the edge waits a little ahead of the last one.
 */
export class LiveEdge {
  private edge = 0
  private edgeAtMs = 0
  private newestEnd = 0
  private isSet = false

  reset(): void {
    this.isSet = false
  }

  /** Tells of the end of the newest slot held; `nowMs` is monotonic. */
  arrived(newestEnd: number, slotMs: number, nowMs: number): void {
    const current = this.isSet ? this.at(slotMs, nowMs) : newestEnd
    this.edge = Math.max(current, newestEnd)
    // After a long silence or a restored history the edge starts from the data again.
    if (!this.isSet || this.edge - newestEnd > mostLeadMs / slotMs + 1) this.edge = newestEnd
    this.edgeAtMs = nowMs
    this.newestEnd = newestEnd
    this.isSet = true
  }

  at(slotMs: number, nowMs: number): number {
    const most = this.newestEnd + Math.max(1, mostLeadMs / slotMs)
    return Math.max(this.newestEnd, Math.min(this.edge + (nowMs - this.edgeAtMs) / slotMs, most))
  }

  /** Whether time alone still moves the edge. */
  isMoving(slotMs: number, nowMs: number): boolean {
    return this.isSet && this.at(slotMs, nowMs) < this.newestEnd + Math.max(1, mostLeadMs / slotMs)
  }
}
