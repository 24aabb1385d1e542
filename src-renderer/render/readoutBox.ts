/** What a read-out box says, line by line. */
export interface ReadoutLines {
  time: string
  place: string
  value: string
  /** What was done to the value, in smaller words; nothing: no such line. */
  note?: string
}

const lineNames = ['time', 'place', 'value', 'note'] as const

/** The box beside the pointer that says what is under it; elements that are made once and moved. */
export class ReadoutBox {
  private readonly box = document.createElement('div')
  private readonly parts: Record<keyof ReadoutLines, HTMLElement>
  private readonly texts: Record<keyof ReadoutLines, string> = { time: '', place: '', value: '', note: '' }
  private width = 0
  private height = 0

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
    let isOtherSize = this.box.hidden
    if (isOtherSize) this.box.hidden = false
    for (const name of lineNames) {
      const text = lines[name] ?? ''
      if (text === this.texts[name]) continue
      // Digits are of one width: a box whose lines keep their lengths keeps its size, and need not be laid out to be placed.
      isOtherSize ||= text.length !== this.texts[name].length
      this.texts[name] = text
      this.parts[name].textContent = text
    }
    if (isOtherSize) {
      this.width = this.box.offsetWidth
      this.height = this.box.offsetHeight
    }
    const left = x + 12 + this.width > width ? x - 12 - this.width : x + 12
    const top = y + 12 + this.height > height ? y - 12 - this.height : y + 12
    this.box.style.transform = `translate(${Math.round(Math.max(0, left))}px, ${Math.round(Math.max(0, top))}px)`
  }

  dispose(): void {
    this.box.remove()
  }
}
