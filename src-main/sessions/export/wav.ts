import { blockRows, contentBlocks } from './contentBlocks.ts'
import type { ExportContent } from './exportContent.ts'
import { type ExportFormat, type FormatCheck } from './exportFormat.ts'
import { bytesOf, SequentialFile } from './sequentialFile.ts'

const headerBytes = 44
/** Lengths are 32 bits wide; many readers take them as signed. */
const largestBytes = 2 ** 31 - 1

/** Bits of a sample, and whether it is an integer. Values are those of the content, one for one. */
function sampleFormat({ element }: ExportContent): { bits: 16 | 32; isInteger: boolean } {
  if (element === 'int8' || element === 'int16') return { bits: 16, isInteger: true }
  return { bits: 32, isInteger: element === 'int32' }
}

const wholeRate = (content: ExportContent): number => Math.round(content.sampleRateHz ?? 0)

function check(content: ExportContent): FormatCheck {
  const limits = ['WAV holds neither the start time nor the unit: they are in the file beside it.']
  const rate = wholeRate(content)
  const { bits } = sampleFormat(content)
  const refuse = (refusal: string): FormatCheck => ({ limits, refusal })
  if (content.channels !== 1)
    return refuse(`WAV holds one channel, and ${content.channels} are chosen: choose one, such as --channels 12:12.`)
  if (content.sampleRateHz === null) return refuse('The sample rate is not known, and WAV needs one.')
  if (rate < 1) return refuse(`WAV holds rates of whole hertz, and this has ${content.sampleRateHz} Hz.`)
  if (content.rows * (bits / 8) + headerBytes > largestBytes)
    return refuse('WAV holds at most 2 GiB: choose a shorter time.')
  if (rate !== content.sampleRateHz)
    limits.push(`WAV holds rates of whole hertz: ${rate} Hz is written for ${content.sampleRateHz} Hz.`)
  if (content.element === 'float64') limits.push('WAV samples have 32 bits: 64-bit numbers are rounded to them.')
  if (content.element.startsWith('float'))
    limits.push('Samples are the values themselves, not brought to the −1 … 1 that players expect.')
  return { limits, refusal: null }
}

function header(content: ExportContent): Uint8Array {
  const { bits, isInteger } = sampleFormat(content)
  const view = new DataView(new ArrayBuffer(headerBytes))
  const text = (at: number, word: string): void =>
    [...word].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)))
  const rate = wholeRate(content)
  const dataBytes = content.rows * (bits / 8)
  text(0, 'RIFF')
  view.setUint32(4, headerBytes - 8 + dataBytes, true)
  text(8, 'WAVE')
  text(12, 'fmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, isInteger ? 1 : 3, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, rate, true)
  view.setUint32(28, rate * (bits / 8), true)
  view.setUint16(32, bits / 8, true)
  view.setUint16(34, bits, true)
  text(36, 'data')
  view.setUint32(40, dataBytes, true)
  return new Uint8Array(view.buffer)
}

/** Sound of one channel. Integers stay what they are (the stated constant is 1); other values are 32-bit floats. */
export const wav: ExportFormat = {
  name: 'wav',
  title: 'Sound of one channel (WAV)',
  endings: ['.wav'],
  gaps: 'zero',
  holdsBands: false,
  check,
  estimateBytes: (content) => content.rows * (sampleFormat(content).bits / 8) + headerBytes,
  write: (content, target) =>
    SequentialFile.make(target.path, async (file) => {
      await file.append(header(content))
      const { bits, isInteger } = sampleFormat(content)
      const Samples = isInteger ? (bits === 16 ? Int16Array : Int32Array) : Float32Array
      const range = { from: 0, to: content.rows, rows: blockRows(content) }
      for await (const { firstRow, rows, values } of contentBlocks(content, target.signal, range)) {
        await file.append(bytesOf(values instanceof Samples ? values : Samples.from(values)))
        target.onRows(firstRow + rows)
      }
    })
}
