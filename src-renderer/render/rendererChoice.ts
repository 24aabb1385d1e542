/** `automatic`: WebGL2 on a graphics processor, Canvas 2D where there is none. The others are for tests and for trouble. */
export type RendererChoice = 'automatic' | 'webgl2' | 'canvas2d'

/** `?renderer=webgl2` or `?renderer=canvas2d` in the address of a window. */
export function rendererFromAddress(search: string): RendererChoice {
  const asked = new URLSearchParams(search).get('renderer')
  return asked === 'webgl2' || asked === 'canvas2d' ? asked : 'automatic'
}

/**
 * Whether WebGL is computed by the processor: then each frame of a waterfall costs more than painting its new lines by
 * hand. Names are those of the software renderers in use: SwiftShader, Mesa's llvmpipe and softpipe, Windows' WARP.
 */
export function isSoftwareRenderer(gl: WebGL2RenderingContext): boolean {
  const info = gl.getExtension('WEBGL_debug_renderer_info')
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER))
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name)
}
