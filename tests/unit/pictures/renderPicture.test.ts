import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import { colourMapFromName } from '../../../src-preload/contract/drawing/colourMaps.ts'
import { drawingThemes } from '../../../src-preload/contract/drawing/themes.ts'
import { defaultPictureRequest, type PictureRequest } from '../../../src-main/sessions/pictures/pictureRequest.ts'
import { recordedBand, renderPicture } from '../../../src-main/sessions/pictures/renderPicture.ts'
import { directBandEnergy, directPsd } from '../dsp/reference.ts'
import { gapsOf, type SourceOptions, sourceOf, wholeSelection } from '../export/exportFixtures.ts'

async function render(
  source: SourceOptions,
  asked: Partial<PictureRequest> = {},
  channels: [number, number] | null = null
) {
  const request = { ...defaultPictureRequest, width: 400, height: 300, ...asked }
  const { png, document } = await renderPicture(sourceOf(source), {
    request,
    selection: { ...wholeSelection, channels: channels && { from: channels[0], to: channels[1] } },
    signal: new AbortController().signal
  })
  const image = PNG.sync.read(png)
  const { plot } = document
  const pixel = (x: number, y: number): [number, number, number] => {
    const at = ((plot.top + y) * image.width + plot.left + x) * 4
    return [image.data[at]!, image.data[at + 1]!, image.data[at + 2]!]
  }
  return { image, document, pixel, plot }
}

/** Colour of a level by the table of the map alone. */
function colourOf(levelDb: number, low: number, high: number, map = 'viridis'): [number, number, number] {
  const index = Math.min(255, Math.max(0, Math.round(((levelDb - low) / (high - low)) * 255)))
  const [r, g, b] = colourMapFromName(map).rgba.subarray(index * 4, index * 4 + 3)
  return [r!, g!, b!]
}

const rateHz = 1000
/** A tone in each channel whose amplitude follows from the channel, beside a constant and a little noise. */
const amplitudeOf = (channel: number): number => 10 ** (channel / 10)
const noise = (row: number, channel: number): number =>
  ((Math.imul(row * 2003 + channel, 2_654_435_761) >>> 8) % 2001) / 1000 - 1
const field = (row: number, channel: number): number =>
  Math.fround(
    50 +
      (row < 1500 ? 1 : 3) * amplitudeOf(channel) * Math.sin((2 * Math.PI * 125 * row) / rateHz) +
      0.05 * noise(row, channel)
  )

describe('a waterfall is what the definitions say, pixel by pixel', () => {
  test('colours of a known field, computed by direct transforms', async () => {
    const levels = { low: -10, high: 40 }
    const request = { levels, band: { lowHz: 100, highHz: 150 }, nfft: 64, colourMap: 'magma' }
    const { document, pixel, plot } = await render(
      { rows: 3000, channels: 21, dtype: 'float32', valueAt: field },
      request
    )
    expect(document).toMatchObject({ nfft: 64, unit: 'dB re (nm/m/s)²', bandHz: { low: 100, high: 150 } })
    const { rows } = document.cells
    const hop = document.hop!
    let worst = 0
    for (let y = 2; y < plot.height; y += 17) {
      for (let x = 2; x < plot.width; x += 13) {
        const channel = Math.floor(((x + 0.5) * 21) / plot.width)
        const row = Math.floor(((y + 0.5) * rows) / plot.height)
        const samples = Array.from({ length: 64 }, (_, n) => field(row * hop + n, channel))
        const level = 10 * Math.log10(directBandEnergy(samples, rateHz, 100, 150))
        // A level on the edge between two colours may be either: a fifth of a colour's 0.196 dB.
        const near = [level - 0.02, level, level + 0.02].map((value) =>
          colourOf(value, levels.low, levels.high, 'magma')
        )
        const found = pixel(x, y)
        const off = Math.min(...near.map((colour) => Math.max(...colour.map((part, i) => Math.abs(part - found[i]!)))))
        worst = Math.max(worst, off)
      }
    }
    expect(worst).toBe(0)
  })

  test('rows know their time, columns their channel', async () => {
    const { document } = await render({ rows: 3000, channels: 21, valueAt: field, dtype: 'float32' })
    expect(document.startTimeNs).toBe('1682525689042000000')
    expect(document.endTimeNs).toBe('1682525692042000000')
    expect(document.channels).toEqual({ first: 20, last: 40, count: 21 })
  })

  test('more channels than pixels: the greatest of those that share one is shown', async () => {
    const loud = 40_123
    const valueAt = (row: number, channel: number): number => (channel === loud ? 100 : 1) * (row % 2 === 0 ? 1 : -1)
    const levels = { low: -10, high: 45 }
    const { pixel, plot } = await render({ rows: 16, channels: 65_536, valueAt }, { levels })
    const x = Math.floor(((loud + 0.5) * plot.width) / 65_536)
    expect(pixel(x, 100)).toEqual(colourOf(40, levels.low, levels.high))
    expect(pixel(x - 2, 100)).toEqual(colourOf(0, levels.low, levels.high))
  })

  test('a giant outlier and dead channels do not blank the picture', async () => {
    const valueAt = (row: number, channel: number): number =>
      channel < 5 ? 0 : row === 1500 && channel === 30 ? 1e30 : noise(row, channel)
    const { document } = await render({ rows: 3000, channels: 60, dtype: 'float32', valueAt })
    expect(document.levels!.low).toBeGreaterThan(-20)
    expect(document.levels!.high).toBeLessThan(40)
  })
})

describe('a spectrogram', () => {
  test('shows the PSD of one channel, the middle one unless one is chosen', async () => {
    const levels = { low: -60, high: 20 }
    const request = { view: 'spectrogram' as const, levels, nfft: 128 }
    const source = { rows: 2000, channels: 5, dtype: 'float32' as const, valueAt: field }
    expect((await render(source, request)).document.channels).toEqual({ first: 22, last: 22, count: 1 })
    const { document, pixel, plot } = await render(source, request, [24, 24])
    const { rows: bins, columns } = document.cells
    expect(bins).toBe(65)
    for (let x = 5; x < plot.width; x += 31) {
      const column = Math.floor(((x + 0.5) * columns) / plot.width)
      const samples = Array.from({ length: 128 }, (_, n) => field(column * document.hop! + n, 4))
      const psd = directPsd(samples, rateHz)
      for (let y = 1; y < plot.height; y += 7) {
        const bin = bins - 1 - Math.floor(((y + 0.5) * bins) / plot.height)
        const level = 10 * Math.log10(psd[bin]!)
        const near = [level - 0.02, level, level + 0.02].map((value) => colourOf(value, levels.low, levels.high))
        expect(near).toContainEqual(pixel(x, y))
      }
    }
  })
})

describe('traces', () => {
  const source = { rows: 20_000, channels: 3, dtype: 'float32' as const }
  const view = 'traces' as const
  const ink = Number.parseInt(drawingThemes.dark.textStrong.slice(1, 3), 16)

  test('no peak is lost to a pixel', async () => {
    const valueAt = (row: number, channel: number): number => (channel === 1 && row === 12_345 ? 1 : 0)
    const { pixel, plot } = await render({ ...source, valueAt }, { view, levels: { low: -1, high: 1 } })
    const x = Math.floor((12_345 * plot.width) / 20_000)
    const top = Math.round(plot.height / 3) + 2
    expect(pixel(x, top)[0]).toBeGreaterThan(0.8 * ink)
    expect(pixel(x + 2, top)[0]).toBeLessThan(0.3 * ink)
  })

  test('a band lets pass what is inside it', async () => {
    const valueAt = (row: number, channel: number): number =>
      500 + Math.sin((2 * Math.PI * (channel === 2 ? 200 : 20) * row) / rateHz)
    const filtered = await render({ ...source, valueAt }, { view, band: { lowHz: 150, highHz: 250 } })
    expect(filtered.document.levels!.high).toBeCloseTo(1, 1)
    const y = (trace: number): number => Math.floor(((trace + 0.5) * filtered.plot.height) / 3)
    const height = Math.floor(filtered.plot.height / 6) - 6
    const isInk = (trace: number): boolean => filtered.pixel(150, y(trace) - height)[0] > 0.5 * ink
    expect([isInk(0), isInk(1), isInk(2)]).toEqual([false, false, true])
  })
})

describe('unusual recordings, in every view', () => {
  const views = ['waterfall', 'traces', 'spectrogram'] as const
  const odd: [string, SourceOptions][] = [
    ['all zero', { rows: 50, channels: 20, valueAt: () => 0 }],
    ['all NaN', { rows: 50, channels: 20, dtype: 'float32', valueAt: () => NaN }],
    ['one channel', { rows: 300, channels: 1 }],
    ['eight rows', { rows: 8, channels: 30 }],
    ['no times', { rows: 30, channels: 7, startTimeNs: null, sampleIntervalNs: null, sampleRateHz: null }],
    ['no start', { rows: 30, channels: 7, startTimeNs: null }],
    ['before 1970', { rows: 30, channels: 7, startTimeNs: -86_400_000_000_500n }],
    ['rows ten seconds apart', { rows: 90, channels: 7, sampleIntervalNs: 1e10, sampleRateHz: 0.1 }],
    ['gaps', { ...gapsOf(1_000_000), channels: 12 }],
    ['distances that turn back', { rows: 30, channels: 3, distancesM: [1, 5, 2], channelSpacingM: null }],
    ['falling channels', { rows: 30, channels: 40, channelStep: -1, channelSpacingM: -2 }]
  ]
  test.each(odd.flatMap(([name, source]) => views.map((view) => ({ name, view, source }))))(
    '$name: $view',
    async ({ source, view }) => {
      const { image, document } = await render(source, { view })
      expect([image.width, image.height]).toEqual([400, 300])
      expect(Object.values(document.levels!).every(Number.isFinite)).toBe(true)
    }
  )

  test.each([1, 5])('%i rows have a waterfall and traces, but no spectrogram', async (rows) => {
    await render({ rows, channels: 9 })
    await render({ rows, channels: 9 }, { view: 'traces' })
    await expect(render({ rows, channels: 9 }, { view: 'spectrogram' })).rejects.toThrow(/too few for a spectrogram/)
  })

  test('the recorded band that fits best is shown', () => {
    const bands = [
      { lowHz: 0, highHz: 1 },
      { lowHz: 1, highHz: 10 },
      { lowHz: 10, highHz: 100 }
    ]
    expect(recordedBand(bands, null)).toBe(2)
    expect(recordedBand(bands, { lowHz: 2, highHz: 9 })).toBe(1)
    expect(recordedBand(bands, { lowHz: 0, highHz: 2 })).toBe(0)
    expect(recordedBand(bands, { lowHz: 50, highHz: null })).toBe(2)
  })
})

test('the themes of pictures are those of the window', () => {
  const css = readFileSync(join(import.meta.dirname, '../../../src-renderer/app/styles/tokens.css'), 'utf8')
  for (const name of ['dark', 'light'] as const) {
    const block = css.slice(css.indexOf(`data-theme='${name}'`))
    const token = (property: string): string => new RegExp(`--${property}:\\s*(#[0-9a-f]{6})`).exec(block)![1]!
    const { text, textStrong, line, ground, picture } = drawingThemes[name]
    expect([text, textStrong, line, ground]).toEqual(['text-2', 'text-1', 'line', 'ground'].map(token))
    expect(picture.nothing).toBe(Number.parseInt(token('picture-nothing').slice(1), 16))
  }
})
