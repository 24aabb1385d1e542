import type { Viewport, ViewportBounds } from './viewport.ts'

interface Step {
  rowStart: number
  rowEnd: number
  columnStart: number
  columnEnd: number
  isFollowing: boolean
}

const stepsMost = 50
/** Turns of a wheel and moves of one drag that follow each other this closely are one step, milliseconds. */
const sameGestureMs = 700

/** What was in view before, to go back to. */
export class ViewportSteps {
  private readonly steps: Step[] = []
  private changedAtMs = -Infinity

  get count(): number {
    return this.steps.length
  }

  /** Call before a change by the operator's hand; `isGesture`: one of many small ones. */
  remember(viewport: Viewport, nowMs: number, isGesture = false): void {
    const isSame = isGesture && nowMs - this.changedAtMs < sameGestureMs
    this.changedAtMs = nowMs
    if (isSame) return
    const { rowStart, rowEnd, columnStart, columnEnd, isFollowing } = viewport
    this.steps.push({ rowStart, rowEnd, columnStart, columnEnd, isFollowing })
    if (this.steps.length > stepsMost) this.steps.shift()
  }

  /** True where there was something to go back to. */
  back(viewport: Viewport, bounds: ViewportBounds): boolean {
    const step = this.steps.pop()
    this.changedAtMs = -Infinity
    if (!step) return false
    const rows = { start: step.rowStart, end: step.rowEnd }
    viewport.show(bounds, rows, { start: step.columnStart, end: step.columnEnd })
    if (step.isFollowing) viewport.follow(bounds)
    return true
  }

  clear(): void {
    this.steps.length = 0
  }
}
