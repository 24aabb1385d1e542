import {
  invalidCheckPixels,
  type PictureColours,
  type PictureView
} from '../../src-preload/contract/drawing/pictureView.ts'
import { usesPeaks, type PictureSurface } from './pictureSurface.ts'
import { checkPhase, DrawnLines } from './drawnLines.ts'
import { slotsPerBlock, type RowRing } from './rowRing.ts'
import { compileShader, makeNearestTexture } from './webGlParts.ts'
import { fragmentShader, uniformNames, vertexShader, type UniformName } from './waterfallShader.ts'

interface Resources {
  program: WebGLProgram
  uniforms: Record<UniformName, WebGLUniformLocation | null>
  colourMap: WebGLTexture
  values: WebGLTexture | null
  peaks: WebGLTexture | null
  /** The picture as last drawn, and one to move it into. */
  kept: [KeptPicture, KeptPicture]
}

interface KeptPicture {
  framebuffer: WebGLFramebuffer
  texture: WebGLTexture | null
  width: number
  height: number
}

const makeKept = (gl: WebGL2RenderingContext): KeptPicture => ({
  framebuffer: gl.createFramebuffer(),
  texture: null,
  width: 0,
  height: 0
})

/** Gives a kept picture a texture of this size, if it has another. Unit 3 is used by nothing else. */
function fitKept(gl: WebGL2RenderingContext, kept: KeptPicture, width: number, height: number): void {
  if (kept.texture && kept.width === width && kept.height === height) return
  gl.deleteTexture(kept.texture)
  gl.activeTexture(gl.TEXTURE3)
  kept.texture = makeNearestTexture(gl)
  kept.width = width
  kept.height = height
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, width, height)
  gl.bindTexture(gl.TEXTURE_2D, null)
  gl.bindFramebuffer(gl.FRAMEBUFFER, kept.framebuffer)
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, kept.texture, 0)
}

/** Copies whole rows between the bound framebuffers; rows count from the bottom, as WebGL does. */
function copyRows(gl: WebGL2RenderingContext, width: number, from: number, to: number, count: number): void {
  gl.blitFramebuffer(0, from, width, from + count, 0, to, width, to + count, gl.COLOR_BUFFER_BIT, gl.NEAREST)
}

/**
 * The ring as a float texture, its peaks as a second one; zoom, levels and colours are uniforms, so only new rows are ever
 * uploaded. After a lost context everything is made again from the ring in memory.
 */
export class WebGl2Surface implements PictureSurface {
  readonly kind = 'webgl2'
  private readonly gl: WebGL2RenderingContext
  private resources: Resources | null = null
  private ring: RowRing | null = null
  private readonly lines = new DrawnLines()
  private colourMap = new Uint8Array(256 * 4)
  private colours: PictureColours = { nothing: 0, invalidDark: 0, invalidLight: 0 }

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

  /** Largest number of columns or slots that a picture may have here. */
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
      values: null,
      peaks: null,
      kept: [makeKept(gl), makeKept(gl)]
    }
    gl.activeTexture(gl.TEXTURE0)
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, 256, 1)
    gl.uniform1i(uniforms.values, 1)
    gl.uniform1i(uniforms.peaks, 2)
    gl.uniform1i(uniforms.colourMap, 0)
    gl.uniform1i(uniforms.checkPixels, invalidCheckPixels)
    this.setColourMap(this.colourMap)
    this.setColours(this.colours)
    this.setRing(this.ring)
  }

  /** The context is gone: names of textures mean nothing any more. */
  forget(): void {
    this.resources = null
  }

  setRing(ring: RowRing | null): void {
    const { gl, resources } = this
    this.ring = ring
    this.lines.invalidate()
    if (!resources) return
    if (resources.values) gl.deleteTexture(resources.values)
    if (resources.peaks) gl.deleteTexture(resources.peaks)
    resources.values = null
    resources.peaks = null
    if (!ring) return
    gl.activeTexture(gl.TEXTURE1)
    resources.values = makeNearestTexture(gl)
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R32F, ring.columns, ring.capacity)
    gl.activeTexture(gl.TEXTURE2)
    resources.peaks = makeNearestTexture(gl)
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R32F, ring.columns, ring.capacity / slotsPerBlock)
    ring.markAllDirty()
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

  draw(view: PictureView): void {
    const { gl, resources, ring, lines } = this
    if (!resources || gl.isContextLost()) return
    const { uniforms } = resources
    gl.viewport(0, 0, view.width, view.height)
    gl.uniform2i(uniforms.size, view.width, view.height)
    if (!ring || ring.isEmpty) {
      lines.invalidate()
      gl.uniform4i(uniforms.held, 0, slotsPerBlock, 0, 0)
      gl.bindFramebuffer(gl.FRAMEBUFFER, null)
      gl.drawArrays(gl.TRIANGLES, 0, 3)
      return
    }
    lines.plan(view, ring)
    this.uploadDirty(ring)
    this.setMapping(uniforms, view, ring)
    const { shift, first, end } = lines
    if (shift !== 0) this.movePicture(resources, view, shift)
    const [kept] = resources.kept
    fitKept(gl, kept, view.width, view.height)
    gl.bindFramebuffer(gl.FRAMEBUFFER, kept.framebuffer)
    if (end > first) {
      gl.enable(gl.SCISSOR_TEST)
      gl.scissor(0, view.height - end, view.width, end - first)
      gl.drawArrays(gl.TRIANGLES, 0, 3)
      gl.disable(gl.SCISSOR_TEST)
    }
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, kept.framebuffer)
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null)
    copyRows(gl, view.width, 0, 0, view.height)
  }

  dispose(): void {
    const { gl, resources } = this
    if (resources) {
      for (const { framebuffer, texture } of resources.kept) {
        gl.deleteFramebuffer(framebuffer)
        gl.deleteTexture(texture)
      }
      for (const texture of [resources.values, resources.peaks, resources.colourMap]) gl.deleteTexture(texture)
      gl.deleteProgram(resources.program)
      // A browser allows few contexts; without this one would live until the canvas is collected.
      gl.getExtension('WEBGL_lose_context')?.loseContext()
    }
    this.resources = null
    this.ring = null
  }

  private setMapping(uniforms: Resources['uniforms'], view: PictureView, ring: RowRing): void {
    const { gl } = this
    // Slots relative to a whole lap of the ring: floats hold them exactly, and the texture row stays slot mod capacity.
    const base = Math.floor(ring.first / ring.capacity) * ring.capacity
    gl.uniform4f(uniforms.mapping, view.columnAtLeft, view.columnsPerPixel, view.slotAtTop - base, view.slotsPerPixel)
    gl.uniform4i(uniforms.held, ring.columns, ring.capacity, ring.first - base, ring.end - base)
    gl.uniform1i(uniforms.fromPeaks, usesPeaks(view.slotsPerPixel) ? 1 : 0)
    gl.uniform2f(uniforms.levels, view.lowDb, view.highDb)
    gl.uniform1i(uniforms.checkPhase, checkPhase(view))
  }

  /** Moves the kept picture up by `shift` lines, into the other texture: a copy must not overlap itself. */
  private movePicture(resources: Resources, view: PictureView, shift: number): void {
    const { gl } = this
    const [from, to] = resources.kept
    fitKept(gl, to, view.width, view.height)
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, from.framebuffer)
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, to.framebuffer)
    copyRows(gl, view.width, Math.max(0, -shift), Math.max(0, shift), view.height - Math.abs(shift))
    resources.kept[0] = to
    resources.kept[1] = from
  }

  private uploadDirty(ring: RowRing): void {
    if (ring.dirtyFirst === ring.dirtyEnd) return
    const firstBlock = Math.floor(ring.dirtyFirst / slotsPerBlock)
    const endBlock = Math.ceil(ring.dirtyEnd / slotsPerBlock)
    this.upload(1, ring.values, ring.columns, ring.capacity, firstBlock * slotsPerBlock, endBlock * slotsPerBlock)
    this.upload(2, ring.peaks, ring.columns, ring.capacity / slotsPerBlock, firstBlock, endBlock)
    ring.clearDirty()
  }

  private upload(unit: 1 | 2, cells: Float32Array, columns: number, rows: number, first: number, end: number): void {
    const { gl } = this
    gl.activeTexture(unit === 1 ? gl.TEXTURE1 : gl.TEXTURE2)
    const count = Math.min(end - first, rows)
    const start = first % rows
    const before = Math.min(count, rows - start)
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, start, columns, before, gl.RED, gl.FLOAT, cells, start * columns)
    if (count > before) {
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, columns, count - before, gl.RED, gl.FLOAT, cells, 0)
    }
  }
}
