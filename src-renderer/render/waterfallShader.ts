export const vertexShader = `#version 300 es
void main() {
  // One triangle that covers the picture; no buffers.
  vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}
`

/**
 * The rule of pictureView.ts on the GPU. A pixel reads at most ceil(columns per pixel) · 9 cells: above eight slots a pixel it
 * reads the peaks of blocks instead, so the loops stay short however far the picture is zoomed out.
 */
export const fragmentShader = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;

uniform sampler2D values;
uniform sampler2D peaks;
uniform sampler2D colourMap;
uniform ivec2 size;
uniform vec4 mapping;   // column at the left, columns per pixel, slot at the top, slots per pixel
uniform ivec4 held;     // columns, capacity, first slot, end slot
uniform ivec2 fold;     // columns in a line of the texture, lines in a row
uniform bool fromPeaks;
uniform vec2 levels;
uniform bool isLinear;
uniform vec3 nothing;
uniform vec3 invalidDark;
uniform vec3 invalidLight;
uniform int checkPixels;
uniform int checkPhase;
out vec4 colour;
const float perDecibel = 0.2302585093;

ivec2 cells(float from, float to) {
  if (to - from <= 1.0) {
    int cell = int(floor((from + to) / 2.0));
    return ivec2(cell, cell + 1);
  }
  return ivec2(int(ceil(from - 0.5)), int(ceil(to - 0.5)));
}

// Rows wider than a texture lie folded in it.
ivec2 texel(int column, int row) {
  if (fold.y == 1) return ivec2(column, row);
  int line = column / fold.x;
  return ivec2(column - line * fold.x, row * fold.y + line);
}

float share(float value) {
  if (!isLinear) return (value - levels.x) / (levels.y - levels.x);
  // Powers relative to the upper level, so that none overflows.
  float low = exp((levels.x - levels.y) * perDecibel);
  return (exp(min(value - levels.y, 100.0) * perDecibel) - low) / (1.0 - low);
}

float greatest(ivec2 columns, ivec2 slots) {
  float found = -3e38;
  if (fromPeaks) {
    int blocks = held.y / 8;
    for (int block = slots.x / 8; block <= (slots.y - 1) / 8; block++)
      for (int column = columns.x; column < columns.y; column++)
        found = max(found, texelFetch(peaks, texel(column, block % blocks), 0).r);
  } else {
    for (int slot = slots.x; slot < slots.y; slot++)
      for (int column = columns.x; column < columns.y; column++)
        found = max(found, texelFetch(values, texel(column, slot % held.y), 0).r);
  }
  return found;
}

void main() {
  ivec2 pixel = ivec2(int(gl_FragCoord.x), size.y - 1 - int(gl_FragCoord.y));
  float left = mapping.x + float(pixel.x) * mapping.y;
  float top = mapping.z + float(pixel.y) * mapping.w;
  float bottom = top + mapping.w;
  ivec2 columns = cells(left, left + mapping.y);
  ivec2 slots = cells(min(top, bottom), max(top, bottom));
  columns = ivec2(max(columns.x, 0), min(columns.y, held.x));
  slots = ivec2(max(slots.x, held.z), min(slots.y, held.w));
  float value = columns.x < columns.y && slots.x < slots.y ? greatest(columns, slots) : -3e38;
  if (value < -2e38) {
    colour = vec4(nothing, 1.0);
  } else if (value < -5e37) {
    int check = (pixel.x / checkPixels + (pixel.y + checkPhase) / checkPixels) & 1;
    colour = vec4(check == 0 ? invalidDark : invalidLight, 1.0);
  } else {
    float index = clamp(floor(share(value) * 255.0 + 0.5), 0.0, 255.0);
    colour = vec4(texelFetch(colourMap, ivec2(int(index), 0), 0).rgb, 1.0);
  }
}
`

export const uniformNames = [
  'values',
  'peaks',
  'colourMap',
  'size',
  'mapping',
  'held',
  'fold',
  'fromPeaks',
  'levels',
  'isLinear',
  'nothing',
  'invalidDark',
  'invalidLight',
  'checkPixels',
  'checkPhase'
] as const
export type UniformName = (typeof uniformNames)[number]
