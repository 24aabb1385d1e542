/** What a read-out box says, line by line. */
export interface ReadoutLines {
  time: string
  place: string
  value: string
  /** What was done to the value, in smaller words; nothing: no such line. */
  note?: string
}

/** Writes only when it differs: setting the same text makes the browser lay out again. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** The box beside the pointer that says what is under it; elements that are made once and moved. */
export class ReadoutBox {
  private readonly box = document.createElement('div')
  private readonly parts: Record<keyof ReadoutLines, HTMLElement>

  constructor(parent: HTMLElement) {
    this.box.className = 'cursor-box'
    this.box.dataset.testid = 'cursor-box'
    this.box.hidden = true
    const part = (name: string): HTMLElement => {
      const element = document.createElement('div')
      element.className = `cursor-box-${name}`
      element.dataset.testid = `cursor-box-${name}`
      this.box.append(element)
      return element
    }
    this.parts = { time: part('time'), place: part('place'), value: part('value'), note: part('note') }
    parent.append(this.box)
  }

  hide(): void {
    if (!this.box.hidden) this.box.hidden = true
  }

  /** `x`, `y`: the pointer, CSS pixels inside the parent, whose size is `width` × `height`. */
  show(x: number, y: number, width: number, height: number, lines: ReadoutLines): void {
    this.box.hidden = false
    for (const name of ['time', 'place', 'value', 'note'] as const) setText(this.parts[name], lines[name] ?? '')
    const { offsetWidth, offsetHeight } = this.box
    const left = x + 12 + offsetWidth > width ? x - 12 - offsetWidth : x + 12
    const top = y + 12 + offsetHeight > height ? y - 12 - offsetHeight : y + 12
    this.box.style.transform = `translate(${Math.round(Math.max(0, left))}px, ${Math.round(Math.max(0, top))}px)`
  }

  dispose(): void {
    this.box.remove()
  }
}
