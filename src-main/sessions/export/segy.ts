import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import type { SampleArray } from '../../recordings/recording.ts'
import { blockRows, contentBlocks } from './contentBlocks.ts'
import type { ExportContent } from './exportContent.ts'
import type { ExportFormat, FormatCheck } from './exportFormat.ts'
import {
  coordinateDecimals,
  fileHeader,
  headerBytes,
  segyFormat,
  shortInterval,
  shortSamples,
  startFields,
  traceHeader,
  traceHeaderBytes
} from './segyHeaders.ts'

const mostTraces = 2 ** 31 - 1
const mostSamples = 2 ** 31 - 1
/** What is turned from rows into traces at once: the longer the pieces of a trace, the fewer writes. */
const slabBytes = 32 * 1024 * 1024
/** Rows and channels that fit the processor's first cache, read one way and written the other. */
const tile = 64

const swap16 = (value: number): number => ((value & 0xff) << 8) | ((value >> 8) & 0xff)
const swap32 = (value: number): number =>
  (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)

/** Time-major samples to channel-major ones, most significant byte first. `target` holds channels · rows values. */
function turn(values: SampleArray, rows: number, channels: number, target: Int16Array | Int32Array): void {
  const isShort = target instanceof Int16Array
  // Floating-point numbers go by their bits.
  const source =
    values instanceof Float32Array ? new Int32Array(values.buffer, values.byteOffset, values.length) : values
  for (let row0 = 0; row0 < rows; row0 += tile) {
    const rowEnd = Math.min(rows, row0 + tile)
    for (let channel0 = 0; channel0 < channels; channel0 += tile) {
      const channelEnd = Math.min(channels, channel0 + tile)
      for (let channel = channel0; channel < channelEnd; channel++) {
        const at = channel * rows
        if (isShort)
          for (let row = row0; row < rowEnd; row++) target[at + row] = swap16(source[row * channels + channel]!)
        else for (let row = row0; row < rowEnd; row++) target[at + row] = swap32(source[row * channels + channel]!)
      }
    }
  }
}

function check(content: ExportContent): FormatCheck {
  const limits: string[] = []
  const refuse = (refusal: string): FormatCheck => ({ limits, refusal })
  const { sampleIntervalNs, rows, channels } = content
  if (sampleIntervalNs === null) return refuse('The sample rate is not known, and SEG-Y needs one.')
  if (rows > mostSamples || channels > mostTraces)
    return refuse('SEG-Y counts samples in 31 bits: choose a shorter time.')
  const microseconds = sampleIntervalNs / 1000
  if (shortInterval(content) === 0 || shortInterval(content) !== microseconds)
    limits.push(
      `Readers that know only revision 1 take the sample interval of ${microseconds} µs as ${shortInterval(content)} µs; revision 2 has it in full.`
    )
  if (shortSamples(content) === 0)
    limits.push(`Readers that know only revision 1 take no traces of more than 65 535 samples, and these have ${rows}.`)
  if (startFields(content).restNs !== 0)
    limits.push('SEG-Y holds the start to the millisecond: the rest is in the file beside it.')
  if (content.distanceM(0) === null) limits.push('Distances are not known: GroupX is 0 in every trace.')
  else {
    const step = 10 ** -coordinateDecimals(content)
    const distances = Array.from({ length: channels }, (_, i) => content.distanceM(i) ?? 0)
    if (distances.some((distance) => Math.abs(Math.round(distance / step) * step - distance) > 1e-3))
      limits.push(`SEG-Y holds distances in steps of ${step} m: the exact ones are in the file beside it.`)
  }
  if (content.element === 'float64') limits.push('SEG-Y samples have 32 bits here: 64-bit numbers are rounded to them.')
  limits.push('SEG-Y has no place for the unit and the gauge length but its text header.')
  return { limits, refusal: null }
}

/** Writes all, wherever the disk ends: throws the error of the system. */
function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    const written = writeSync(file, bytes, done, bytes.length - done, position + done)
    if (written === 0) throw Object.assign(new Error('nothing could be written'), { code: 'ENOSPC' })
    done += written
  }
}

/** SEG-Y revision 2.0: one trace a channel over the whole time. */
export const segy: ExportFormat = {
  name: 'segy',
  title: 'SEG-Y revision 2',
  endings: ['.sgy', '.segy'],
  gaps: 'NaN',
  holdsBands: false,
  check,
  estimateBytes: (content) =>
    headerBytes + content.channels * (traceHeaderBytes + content.rows * segyFormat(content).bytes),
  async write(content, { path, signal, onRows }) {
    const { rows, channels } = content
    const { bytes } = segyFormat(content)
    const traceBytes = traceHeaderBytes + rows * bytes
    const decimals = coordinateDecimals(content)
    const file = openSync(path, 'wx')
    try {
      writeAll(file, fileHeader(content), 0)
      for (let channel = 0; channel < channels; channel++)
        writeAll(file, traceHeader(content, channel, decimals), headerBytes + channel * traceBytes)
      const slabRows = Math.min(rows, blockRows(content, 1, slabBytes))
      const target = new ArrayBuffer(slabRows * channels * bytes)
      const turned = bytes === 2 ? new Int16Array(target) : new Int32Array(target)
      for await (const block of contentBlocks(content, signal, { from: 0, to: rows, rows: slabRows })) {
        const values = block.values instanceof Float64Array ? Float32Array.from(block.values) : block.values
        turn(values, block.rows, channels, turned)
        const piece = block.rows * bytes
        for (let channel = 0; channel < channels; channel++) {
          const position = headerBytes + channel * traceBytes + traceHeaderBytes + block.firstRow * bytes
          writeAll(file, new Uint8Array(target, channel * piece, piece), position)
        }
        onRows(block.firstRow + block.rows)
      }
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  }
}
