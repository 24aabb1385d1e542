import { slotsPerBlock, type RowRing } from './rowRing.ts'
import { makeNearestTexture } from './webGlParts.ts'

/** Texture units of the values and of the peaks. */
export const valuesUnit = 1
export const peaksUnit = 2

/** A ring as a float texture, its peaks as a second one. Rows wider than a texture lie folded in it, as they do in the ring. */
export class RingTextures {
  uploadedValues = 0
  private readonly gl: WebGL2RenderingContext
  private readonly ring: RowRing
  private readonly values: WebGLTexture
  private readonly peaks: WebGLTexture

  constructor(gl: WebGL2RenderingContext, ring: RowRing) {
    this.gl = gl
    this.ring = ring
    this.values = this.make(valuesUnit, ring.capacity)
    this.peaks = this.make(peaksUnit, ring.capacity / slotsPerBlock)
    ring.markAllDirty()
  }

  dispose(): void {
    this.gl.deleteTexture(this.values)
    this.gl.deleteTexture(this.peaks)
  }

  /** Makes them the ones that are drawn from, with what changed in the ring since the last time. */
  bind(): void {
    const { gl, ring } = this
    gl.activeTexture(gl.TEXTURE0 + valuesUnit)
    gl.bindTexture(gl.TEXTURE_2D, this.values)
    gl.activeTexture(gl.TEXTURE0 + peaksUnit)
    gl.bindTexture(gl.TEXTURE_2D, this.peaks)
    if (ring.dirtyFirst === ring.dirtyEnd) return
    const firstBlock = Math.floor(ring.dirtyFirst / slotsPerBlock)
    const endBlock = Math.ceil(ring.dirtyEnd / slotsPerBlock)
    this.upload(valuesUnit, ring.values, ring.capacity, firstBlock * slotsPerBlock, endBlock * slotsPerBlock)
    this.upload(peaksUnit, ring.peaks, ring.capacity / slotsPerBlock, firstBlock, endBlock)
    ring.clearDirty()
  }

  private make(unit: number, slots: number): WebGLTexture {
    const { gl, ring } = this
    gl.activeTexture(gl.TEXTURE0 + unit)
    const texture = makeNearestTexture(gl)
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R32F, ring.lineColumns, slots * ring.linesPerSlot)
    return texture
  }

  private upload(unit: number, cells: Float32Array, slots: number, first: number, end: number): void {
    this.gl.activeTexture(this.gl.TEXTURE0 + unit)
    const count = Math.min(end - first, slots)
    const start = first % slots
    const before = Math.min(count, slots - start)
    this.uploadSlots(cells, start, before)
    if (count > before) this.uploadSlots(cells, 0, count - before)
  }

  private uploadSlots(cells: Float32Array, start: number, count: number): void {
    const { gl } = this
    const { lineColumns, linesPerSlot, stride } = this.ring
    const [y, height] = [start * linesPerSlot, count * linesPerSlot]
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, y, lineColumns, height, gl.RED, gl.FLOAT, cells, start * stride)
    this.uploadedValues += count * stride
  }
}
