/**
 * What the drawing code asks of a canvas: the part of the browser's 2D context that both a window and a canvas without one
 * have. Images and patterns are handed back to the canvas library that made them, so their kind does not matter here.
 */
export interface DrawingContext {
  font: string
  fillStyle: string | object
  strokeStyle: string | object
  lineWidth: number
  globalAlpha: number
  textAlign: 'left' | 'right' | 'center' | 'start' | 'end'
  textBaseline: 'top' | 'hanging' | 'middle' | 'alphabetic' | 'ideographic' | 'bottom'
  lineJoin: 'bevel' | 'miter' | 'round'
  imageSmoothingEnabled: boolean
  save(): void
  restore(): void
  translate(x: number, y: number): void
  rotate(angle: number): void
  beginPath(): void
  closePath(): void
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  rect(x: number, y: number, width: number, height: number): void
  clip(): void
  fill(): void
  stroke(): void
  clearRect(x: number, y: number, width: number, height: number): void
  fillRect(x: number, y: number, width: number, height: number): void
  strokeRect(x: number, y: number, width: number, height: number): void
  fillText(text: string, x: number, y: number, maxWidth?: number): void
  measureText(text: string): { width: number }
  createImageData(width: number, height: number): DrawingImageData
  putImageData(image: DrawingImageData, x: number, y: number): void
  drawImage(image: object, x: number, y: number, width: number, height: number): void
  createPattern(image: object, repetition: 'repeat'): object | null
}

/** RGBA bytes, line after line from above. */
export interface DrawingImageData {
  readonly data: Uint8ClampedArray
  readonly width: number
  readonly height: number
}

/** A canvas of its own for what is drawn once and copied often. */
export interface DrawingCanvas {
  /** For `drawImage` and `createPattern` of the canvas that it is drawn on. */
  readonly image: object
  readonly context: DrawingContext
}

/** Makes such a canvas; null where there is no memory for one. */
export type MakeDrawingCanvas = (width: number, height: number) => DrawingCanvas | null
