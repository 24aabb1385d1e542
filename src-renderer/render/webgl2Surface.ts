import {
  invalidCheckPixels,
  type PictureColours,
  type PictureView
} from '../../src-preload/contract/drawing/pictureView.ts'
import { checkPhase, DrawnLines } from './drawnLines.ts'
import { KeptPicture } from './keptPicture.ts'
import { slotsOf, type PictureBand, type PictureBands } from './pictureBands.ts'
import { usesPeaks, type PictureSurface } from './pictureSurface.ts'
import { peaksUnit, RingTextures, valuesUnit } from './ringTextures.ts'
import { slotsPerBlock, type RowRing } from './rowRing.ts'
import { compileShader, makeNearestTexture } from './webGlParts.ts'
import { fragmentShader, uniformNames, vertexShader, type UniformName } from './waterfallShader.ts'

interface Resources {
  program: WebGLProgram
  uniforms: Record<UniformName, WebGLUniformLocation | null>
  colourMap: WebGLTexture
  rings: Map<RowRing, RingTextures>
  kept: KeptPicture
}

/**
 * Rings as textures; zoom, levels and colours are uniforms, so only new rows are ever uploaded. After a lost context
 * everything is made again from the rings in memory.
 */
export class WebGl2Surface implements PictureSurface {
  readonly kind = 'webgl2'
  private readonly gl: WebGL2RenderingContext
  private resources: Resources | null = null
  private readonly lines = new DrawnLines()
  private colourMap = new Uint8Array(256 * 4)
  private colours: PictureColours = { nothing: 0, invalidDark: 0, invalidLight: 0 }
  private uploadedBefore = 0
  private readonly slots: PictureView = {
    width: 0,
    height: 0,
    columnAtLeft: 0,
    columnsPerPixel: 1,
    slotAtTop: 0,
    slotsPerPixel: 1,
    lowDb: 0,
    highDb: 1
  }

  /** Null where the browser has no WebGL2, or none that is wanted. */
  static create(canvas: HTMLCanvasElement, isWanted: (gl: WebGL2RenderingContext) => boolean): WebGl2Surface | null {
    const gl = canvas.getContext('webgl2', {
      alpha: false,
      antialias: false,
      depth: false,
      stencil: false,
      powerPreference: 'high-performance'
    })
    if (gl && isWanted(gl)) return new WebGl2Surface(gl)
    gl?.getExtension('WEBGL_lose_context')?.loseContext()
    return null
  }

  private constructor(gl: WebGL2RenderingContext) {
    this.gl = gl
    this.restore()
  }

  get isUsable(): boolean {
    return this.resources !== null && !this.gl.isContextLost()
  }

  get uploadedValues(): number {
    let uploaded = this.uploadedBefore
    for (const textures of this.resources?.rings.values() ?? []) uploaded += textures.uploadedValues
    return uploaded
  }

  /** Largest number of columns or slots that a texture may have here. */
  get maxTextureSize(): number {
    return Number(this.gl.getParameter(this.gl.MAX_TEXTURE_SIZE)) || 4096
  }

  /** Makes everything anew: at the start, and when a lost context came back. */
  restore(): void {
    const { gl } = this
    const program = gl.createProgram()
    gl.attachShader(program, compileShader(gl, gl.VERTEX_SHADER, vertexShader))
    gl.attachShader(program, compileShader(gl, gl.FRAGMENT_SHADER, fragmentShader))
    gl.linkProgram(program)
    gl.useProgram(program)
    const uniforms = {} as Resources['uniforms']
    for (const name of uniformNames) uniforms[name] = gl.getUniformLocation(program, name)
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4)
    gl.activeTexture(gl.TEXTURE0)
    this.lines.invalidate()
    this.resources = {
      program,
      uniforms,
      colourMap: makeNearestTexture(gl),
      rings: new Map(),
      kept: new KeptPicture(gl)
    }
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, 256, 1)
    gl.uniform1i(uniforms.values, valuesUnit)
    gl.uniform1i(uniforms.peaks, peaksUnit)
    gl.uniform1i(uniforms.colourMap, 0)
    gl.uniform1i(uniforms.checkPixels, invalidCheckPixels)
    this.setColourMap(this.colourMap)
    this.setColours(this.colours)
  }

  /** The context is gone: names of textures mean nothing any more. */
  forget(): void {
    this.uploadedBefore = this.uploadedValues
    this.resources = null
  }

  setColourMap(rgba: Uint8Array): void {
    this.colourMap.set(rgba)
    this.lines.invalidate()
    const { gl, resources } = this
    if (!resources) return
    gl.activeTexture(gl.TEXTURE0)
    gl.bindTexture(gl.TEXTURE_2D, resources.colourMap)
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 256, 1, gl.RGBA, gl.UNSIGNED_BYTE, this.colourMap)
  }

  setColours(colours: PictureColours): void {
    this.colours = colours
    this.lines.invalidate()
    const { gl, resources } = this
    if (!resources) return
    for (const name of ['nothing', 'invalidDark', 'invalidLight'] as const) {
      const colour = colours[name]
      gl.uniform3f(resources.uniforms[name], (colour >> 16) / 255, ((colour >> 8) & 255) / 255, (colour & 255) / 255)
    }
  }

  draw(view: PictureView, bands: PictureBands): void {
    const { gl, resources, lines } = this
    if (!resources || gl.isContextLost()) return
    const { width, height } = view
    // Textures of a ring are made before the plan: all of a new ring counts as changed.
    for (const ring of bands.rings) this.texturesOf(resources, ring)
    lines.plan(view, bands)
    gl.viewport(0, 0, width, height)
    if (lines.shift !== 0) resources.kept.move(width, height, lines.shift)
    resources.kept.bind(width, height)
    gl.uniform2i(resources.uniforms.size, width, height)
    gl.enable(gl.SCISSOR_TEST)
    for (let index = 0; index < bands.count; index++) this.drawBand(resources, view, bands.bands[index]!)
    gl.disable(gl.SCISSOR_TEST)
    resources.kept.show(width, height)
  }

  release(ring: RowRing): void {
    this.lines.invalidate()
    const textures = this.resources?.rings.get(ring)
    if (!textures) return
    this.uploadedBefore += textures.uploadedValues
    this.resources!.rings.delete(ring)
    textures.dispose()
  }

  dispose(): void {
    const { gl, resources } = this
    if (resources) {
      for (const textures of resources.rings.values()) textures.dispose()
      resources.kept.dispose()
      gl.deleteTexture(resources.colourMap)
      gl.deleteProgram(resources.program)
      // A browser allows few contexts; without this one would live until the canvas is collected.
      gl.getExtension('WEBGL_lose_context')?.loseContext()
    }
    this.resources = null
  }

  private texturesOf(resources: Resources, ring: RowRing): RingTextures {
    const known = resources.rings.get(ring)
    if (known) return known
    const made = new RingTextures(this.gl, ring)
    resources.rings.set(ring, made)
    return made
  }

  private drawBand(resources: Resources, view: PictureView, band: PictureBand): void {
    const { gl, lines } = this
    // What changed is uploaded even where no line shows it: it is marked only once.
    if (band.ring) this.texturesOf(resources, band.ring).bind()
    const first = Math.max(band.lineFirst, lines.first)
    const end = Math.min(band.lineEnd, lines.end)
    if (first >= end) return
    this.setMapping(resources.uniforms, view, band.ring)
    gl.scissor(0, view.height - end, view.width, end - first)
    gl.drawArrays(gl.TRIANGLES, 0, 3)
  }

  private setMapping(uniforms: Resources['uniforms'], view: PictureView, ring: RowRing | null): void {
    const { gl } = this
    if (!ring) {
      gl.uniform4i(uniforms.held, 0, slotsPerBlock, 0, 0)
      return
    }
    const slots = slotsOf(view, ring, this.slots)
    // Slots relative to a whole lap of the ring: floats hold them exactly, and the texture row stays slot mod capacity.
    const base = Math.floor(ring.first / ring.capacity) * ring.capacity
    const { columnAtLeft, columnsPerPixel, slotAtTop, slotsPerPixel } = slots
    gl.uniform4f(uniforms.mapping, columnAtLeft, columnsPerPixel, slotAtTop - base, slotsPerPixel)
    gl.uniform4i(uniforms.held, ring.columns, ring.capacity, ring.first - base, ring.end - base)
    gl.uniform2i(uniforms.fold, ring.lineColumns, ring.linesPerSlot)
    gl.uniform1i(uniforms.fromPeaks, usesPeaks(slotsPerPixel) ? 1 : 0)
    gl.uniform2f(uniforms.levels, view.lowDb, view.highDb)
    gl.uniform1i(uniforms.isLinear, view.isLinear ? 1 : 0)
    gl.uniform1i(uniforms.checkPhase, checkPhase(view))
  }
}
