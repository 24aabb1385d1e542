export type MarkName = 'pointer' | 'linked' | 'selected'

interface Area {
  left: number
  top: number
  width: number
  height: number
}

/** Thin lines over a chart that follow the pointer; elements that are made once and moved. Places are CSS pixels. */
export class PaneMarks {
  private readonly parent: HTMLElement
  private readonly lines = new Map<string, HTMLElement>()

  constructor(parent: HTMLElement) {
    this.parent = parent
  }

  /** `x`: null hides it. */
  vertical(name: MarkName, x: number | null, area: Area): void {
    const line = this.line(`${name} vertical`, name, x !== null)
    if (line) line.style.cssText = `transform: translate(${x}px, ${area.top}px); width: 1px; height: ${area.height}px`
  }

  horizontal(name: MarkName, y: number | null, area: Area): void {
    const line = this.line(`${name} horizontal`, name, y !== null)
    if (line) line.style.cssText = `transform: translate(${area.left}px, ${y}px); width: ${area.width}px; height: 1px`
  }

  dispose(): void {
    for (const line of this.lines.values()) line.remove()
    this.lines.clear()
  }

  private line(key: string, name: MarkName, isShown: boolean): HTMLElement | null {
    let line = this.lines.get(key)
    if (!line) {
      if (!isShown) return null
      line = document.createElement('div')
      line.className = `pane-mark pane-mark-${name}`
      this.parent.append(line)
      this.lines.set(key, line)
    }
    if (line.hidden === isShown) line.hidden = !isShown
    return isShown ? line : null
  }
}
