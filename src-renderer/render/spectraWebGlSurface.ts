import { invalidCheckPixels, type PictureColours } from '../../src-preload/contract/drawing/pictureView.ts'
import type { SpectraPlane } from './spectraPlane.ts'
import type { SpectraSurface, SpectraView } from './spectraSurface.ts'
import { compileShader, makeNearestTexture } from './webGlParts.ts'
import { vertexShader } from './waterfallShader.ts'

/** A texel is a pixel already: time along the texture's rows, channels and frequency along its columns. */
const fragmentShader = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;

uniform sampler2D values;
uniform sampler2D colourMap;
uniform ivec4 place;    // left and top on the canvas, canvas height, first line of the picture in the plane
uniform ivec2 ring;     // place of the left pixel in the ring, places
uniform vec2 levels;
uniform vec3 nothing;
uniform vec3 invalidDark;
uniform vec3 invalidLight;
uniform int checkPixels;
out vec4 colour;

void main() {
  ivec2 pixel = ivec2(int(gl_FragCoord.x) - place.x, place.z - 1 - int(gl_FragCoord.y) - place.y);
  float value = texelFetch(values, ivec2(place.w + pixel.y, (ring.x + pixel.x) % ring.y), 0).r;
  if (value < -2e38) {
    colour = vec4(nothing, 1.0);
  } else if (value < -5e37) {
    int check = (pixel.x / checkPixels + pixel.y / checkPixels) & 1;
    colour = vec4(check == 0 ? invalidDark : invalidLight, 1.0);
  } else {
    float index = clamp(floor((value - levels.x) / (levels.y - levels.x) * 255.0 + 0.5), 0.0, 255.0);
    colour = vec4(texelFetch(colourMap, ivec2(int(index), 0), 0).rgb, 1.0);
  }
}
`
const uniformNames = [
  'values',
  'colourMap',
  'place',
  'ring',
  'levels',
  'nothing',
  'invalidDark',
  'invalidLight',
  'checkPixels'
] as const

interface Resources {
  program: WebGLProgram
  uniforms: Record<(typeof uniformNames)[number], WebGLUniformLocation | null>
  colourMap: WebGLTexture
  values: WebGLTexture | null
  columns: number
  rows: number
}

/** Several pictures on one canvas in one context: a plane is one float texture, each picture a scissored viewport. */
export class SpectraWebGlSurface implements SpectraSurface {
  readonly kind = 'webgl2'
  private readonly gl: WebGL2RenderingContext
  private resources: Resources | null = null
  private colourMap = new Uint8Array(256 * 4)
  private colours: PictureColours = { nothing: 0, invalidDark: 0, invalidLight: 0 }

  static create(
    canvas: HTMLCanvasElement,
    isWanted: (gl: WebGL2RenderingContext) => boolean
  ): SpectraWebGlSurface | null {
    const gl = canvas.getContext('webgl2', { antialias: false, depth: false, stencil: false })
    if (gl && isWanted(gl)) return new SpectraWebGlSurface(gl)
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

  get maxTextureSize(): number {
    return Number(this.gl.getParameter(this.gl.MAX_TEXTURE_SIZE)) || 4096
  }

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
    this.resources = { program, uniforms, colourMap: makeNearestTexture(gl), values: null, columns: 0, rows: 0 }
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, 256, 1)
    gl.uniform1i(uniforms.colourMap, 0)
    gl.uniform1i(uniforms.values, 1)
    gl.uniform1i(uniforms.checkPixels, invalidCheckPixels)
    this.setColourMap(this.colourMap)
    this.setColours(this.colours)
  }

  forget(): void {
    this.resources = null
  }

  setColourMap(rgba: Uint8Array): void {
    this.colourMap.set(rgba)
    const { gl, resources } = this
    if (!resources) return
    gl.activeTexture(gl.TEXTURE0)
    gl.bindTexture(gl.TEXTURE_2D, resources.colourMap)
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 256, 1, gl.RGBA, gl.UNSIGNED_BYTE, this.colourMap)
  }

  setColours(colours: PictureColours): void {
    this.colours = colours
    const { gl, resources } = this
    if (!resources) return
    for (const name of ['nothing', 'invalidDark', 'invalidLight'] as const) {
      const colour = colours[name]
      gl.uniform3f(resources.uniforms[name], (colour >> 16) / 255, ((colour >> 8) & 255) / 255, (colour & 255) / 255)
    }
  }

  draw(plane: SpectraPlane, view: SpectraView): void {
    const { gl, resources } = this
    if (!resources || gl.isContextLost()) return
    gl.disable(gl.SCISSOR_TEST)
    gl.viewport(0, 0, view.width, view.height)
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
    if (plane.width === 0 || plane.count * plane.height === 0) return
    this.upload(resources, plane)
    const { uniforms } = resources
    const left = ((view.pixelAtLeft % plane.width) + plane.width) % plane.width
    gl.uniform2i(uniforms.ring, left, plane.width)
    gl.uniform2f(uniforms.levels, view.lowDb, view.highDb)
    gl.enable(gl.SCISSOR_TEST)
    for (let index = 0; index < plane.count; index++) {
      const place = view.places[index]!
      gl.scissor(place.left, view.height - place.top - plane.height, plane.width, plane.height)
      gl.uniform4i(uniforms.place, place.left, place.top, view.height, index * plane.height)
      gl.drawArrays(gl.TRIANGLES, 0, 3)
    }
    gl.disable(gl.SCISSOR_TEST)
  }

  dispose(): void {
    const { gl, resources } = this
    if (resources) {
      gl.deleteTexture(resources.values)
      gl.deleteTexture(resources.colourMap)
      gl.deleteProgram(resources.program)
      // A browser allows few contexts; without this one would live until the canvas is collected.
      gl.getExtension('WEBGL_lose_context')?.loseContext()
    }
    this.resources = null
  }

  private upload(resources: Resources, plane: SpectraPlane): void {
    const { gl } = this
    const columns = plane.count * plane.height
    gl.activeTexture(gl.TEXTURE1)
    if (!resources.values || resources.columns !== columns || resources.rows !== plane.width) {
      gl.deleteTexture(resources.values)
      resources.values = makeNearestTexture(gl)
      resources.columns = columns
      resources.rows = plane.width
      gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R32F, columns, plane.width)
      plane.changedFirst = 0
      plane.changedEnd = plane.width
    }
    const { changedFirst: first, changedEnd: end } = plane
    if (end > first) {
      gl.texSubImage2D(
        gl.TEXTURE_2D,
        0,
        0,
        first,
        columns,
        end - first,
        gl.RED,
        gl.FLOAT,
        plane.values,
        first * columns
      )
    }
    plane.clearChanged()
  }
}
