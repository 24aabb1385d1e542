import { makeNearestTexture } from './webGlParts.ts'

/** Unit that nothing else uses. */
const keptUnit = 3

interface KeptCopy {
  framebuffer: WebGLFramebuffer
  texture: WebGLTexture | null
  width: number
  height: number
}

/** The picture as last drawn, in a texture, and a second one to move it into: a copy must not overlap itself. */
export class KeptPicture {
  private readonly gl: WebGL2RenderingContext
  private copies: [KeptCopy, KeptCopy]

  constructor(gl: WebGL2RenderingContext) {
    this.gl = gl
    this.copies = [this.make(), this.make()]
  }

  /** Draws go into the kept picture from now on. */
  bind(width: number, height: number): void {
    const [kept] = this.copies
    this.fit(kept, width, height)
    this.gl.bindFramebuffer(this.gl.FRAMEBUFFER, kept.framebuffer)
  }

  /** Moves it up by `shift` lines. */
  move(width: number, height: number, shift: number): void {
    const { gl } = this
    const [from, to] = this.copies
    this.fit(to, width, height)
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, from.framebuffer)
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, to.framebuffer)
    this.copyRows(width, Math.max(0, -shift), Math.max(0, shift), height - Math.abs(shift))
    this.copies = [to, from]
  }

  show(width: number, height: number): void {
    const { gl } = this
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, this.copies[0].framebuffer)
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null)
    this.copyRows(width, 0, 0, height)
  }

  dispose(): void {
    for (const { framebuffer, texture } of this.copies) {
      this.gl.deleteFramebuffer(framebuffer)
      this.gl.deleteTexture(texture)
    }
  }

  private make(): KeptCopy {
    return { framebuffer: this.gl.createFramebuffer(), texture: null, width: 0, height: 0 }
  }

  /** Copies whole rows between the bound framebuffers; rows count from the bottom, as WebGL does. */
  private copyRows(width: number, from: number, to: number, count: number): void {
    const { gl } = this
    gl.blitFramebuffer(0, from, width, from + count, 0, to, width, to + count, gl.COLOR_BUFFER_BIT, gl.NEAREST)
  }

  private fit(copy: KeptCopy, width: number, height: number): void {
    if (copy.texture && copy.width === width && copy.height === height) return
    const { gl } = this
    gl.deleteTexture(copy.texture)
    gl.activeTexture(gl.TEXTURE0 + keptUnit)
    copy.texture = makeNearestTexture(gl)
    copy.width = width
    copy.height = height
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, width, height)
    gl.bindTexture(gl.TEXTURE_2D, null)
    gl.bindFramebuffer(gl.FRAMEBUFFER, copy.framebuffer)
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, copy.texture, 0)
  }
}
