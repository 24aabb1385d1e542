/**
 * A picture in 256 colours: a third of the bytes of one in 16 million, and a reader of the README sees no difference. Median
 * cut over the colours that are there, each pixel then takes the nearest colour that was left.
 */
import { crc32, deflateSync } from 'node:zlib'
import { PNG } from 'pngjs'

const coloursMost = 256
/** Colours that differ by less are one: this many bits of red, green and blue count. */
const bits = 6

interface Colour {
  red: number
  green: number
  blue: number
  count: number
}

const channels = ['red', 'green', 'blue'] as const
const keyOf = (red: number, green: number, blue: number): number => {
  const drop = 8 - bits
  return ((red >> drop) << (2 * bits)) | ((green >> drop) << bits) | (blue >> drop)
}

function coloursOf(rgba: Uint8Array): Map<number, Colour> {
  const found = new Map<number, Colour>()
  for (let at = 0; at < rgba.length; at += 4) {
    const [red, green, blue] = [rgba[at]!, rgba[at + 1]!, rgba[at + 2]!]
    const key = keyOf(red, green, blue)
    const colour = found.get(key)
    if (colour) {
      colour.red += red
      colour.green += green
      colour.blue += blue
      colour.count++
    } else found.set(key, { red, green, blue, count: 1 })
  }
  for (const colour of found.values()) for (const channel of channels) colour[channel] /= colour.count
  return found
}

interface Box {
  colours: Colour[]
  widest: (typeof channels)[number]
  /** How much there is to gain by dividing it. */
  weight: number
}

function boxOf(colours: Colour[]): Box {
  let widest: Box['widest'] = 'red'
  let width = -1
  for (const channel of channels) {
    const values = colours.map((colour) => colour[channel])
    const range = Math.max(...values) - Math.min(...values)
    if (range > width) [widest, width] = [channel, range]
  }
  const pixels = colours.reduce((sum, { count }) => sum + count, 0)
  // Width counts more than the number of pixels: a few bright letters must keep their colour.
  return { colours, widest, weight: colours.length < 2 ? 0 : width ** 2 * Math.cbrt(pixels) }
}

function paletteOf(colours: Colour[]): Colour[] {
  const boxes = [boxOf(colours)]
  while (boxes.length < coloursMost) {
    const worst = boxes.reduce((most, box) => (box.weight > most.weight ? box : most))
    if (worst.weight === 0) break
    const sorted = worst.colours.sort((a, b) => a[worst.widest] - b[worst.widest])
    const middle = (sorted[0]![worst.widest] + sorted.at(-1)![worst.widest]) / 2
    const at = Math.min(
      sorted.length - 1,
      Math.max(
        1,
        sorted.findIndex((colour) => colour[worst.widest] > middle)
      )
    )
    boxes.splice(boxes.indexOf(worst), 1, boxOf(sorted.slice(0, at)), boxOf(sorted.slice(at)))
  }
  return boxes.map(({ colours: inside }) => {
    const count = inside.reduce((sum, colour) => sum + colour.count, 0)
    const mean = (channel: Box['widest']): number =>
      Math.round(inside.reduce((sum, colour) => sum + colour[channel] * colour.count, 0) / count)
    return { red: mean('red'), green: mean('green'), blue: mean('blue'), count }
  })
}

function nearest(palette: readonly Colour[], { red, green, blue }: Colour): number {
  let best = 0
  let least = Infinity
  palette.forEach((colour, index) => {
    const far = (colour.red - red) ** 2 + (colour.green - green) ** 2 + (colour.blue - blue) ** 2
    if (far < least) [best, least] = [index, far]
  })
  return best
}

function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const around = Buffer.alloc(8)
  around.writeUInt32BE(data.length, 0)
  around.writeUInt32BE(crc32(named), 4)
  return Buffer.concat([around.subarray(0, 4), named, around.subarray(4)])
}

/** A PNG of 8 bits a pixel, from one of 24 or 32 without transparency. */
export function withPalette(png: Buffer): Buffer {
  const { width, height, data } = PNG.sync.read(png)
  const colours = coloursOf(data)
  const palette = paletteOf([...colours.values()])
  const indices = new Map([...colours].map(([key, colour]) => [key, nearest(palette, colour)]))
  const lines = Buffer.alloc(height * (width + 1))
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4
      lines[y * (width + 1) + 1 + x] = indices.get(keyOf(data[at]!, data[at + 1]!, data[at + 2]!))!
    }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap(({ red, green, blue }) => [red, green, blue]))),
    chunk('IDAT', deflateSync(lines, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0))
  ])
}
