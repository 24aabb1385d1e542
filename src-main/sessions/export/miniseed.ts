import type { SampleArray } from '../../recordings/recording.ts'
import { blockRows, contentBlocks } from './contentBlocks.ts'
import { type ContentRun, type ExportContent, rowBytes } from './exportContent.ts'
import type { ExportFormat, ExportTarget, FormatCheck } from './exportFormat.ts'
import { ChannelRecords } from './miniseedChannel.ts'
import { channelIds } from './miniseedIds.ts'
import { rateFactor } from './sampleRateFactor.ts'
import { SequentialFile } from './sequentialFile.ts'

/** The usual length; short runs take the shortest usual one, because the last record of each is filled up. */
const recordBytes = 4096
const shortRecordBytes = 512
const shortRunRows = 1000
/** Samples of a channel that are held until they fill records: enough for several. */
const slabBytes = 32 * 1024 * 1024
/** Records of many channels go to the disk together. */
const writtenAtOnce = 4 * 1024 * 1024

function check(content: ExportContent): FormatCheck {
  const limits: string[] = []
  const refuse = (refusal: string): FormatCheck => ({ limits, refusal })
  const rateHz = content.sampleRateHz
  if (rateHz === null || content.sampleIntervalNs === null)
    return refuse('The sample rate is not known, and miniSEED needs one.')
  const ids = channelIds(content)
  if (ids.refusal !== null) return refuse(ids.refusal)
  if (ids.limit !== null) limits.push(ids.limit)
  const rate = rateFactor(rateHz)
  if (Math.abs(rate.rateHz / rateHz - 1) > 1e-4) return refuse(`miniSEED cannot say a rate of ${rateHz} Hz.`)
  if (rate.actualHz !== null && rate.rateHz !== rateHz)
    limits.push(`miniSEED says the rate as ${rate.rateHz} Hz; it is ${rateHz} Hz.`)
  const isWhole = content.runs.every(({ startTimeNs }) => startTimeNs % 1000n === 0n)
  if (content.sampleIntervalNs % 1000 !== 0 || !isWhole)
    limits.push('miniSEED holds times to the microsecond: the nanoseconds are in the file beside it.')
  limits.push('miniSEED holds neither distances nor the unit: they are in the file beside it.')
  return { limits, refusal: null }
}

/** One run of all channels: each channel fills its own records, which go to the file as they get full. */
async function writeRun(
  file: SequentialFile,
  content: ExportContent,
  run: ContentRun,
  target: ExportTarget,
  nextSequence: () => number
): Promise<void> {
  const { channels } = content
  const rate = rateFactor(content.sampleRateHz!)
  const ids = channelIds(content).ids!
  const length = run.rows < shortRunRows ? shortRecordBytes : recordBytes
  const records = ids.map(
    (id) => new ChannelRecords({ id, rate, recordBytes: length, element: content.element, nextSequence })
  )
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  const write = async (): Promise<void> => {
    const all = Buffer.concat(waiting)
    waiting = []
    waitingBytes = 0
    await file.append(all)
  }
  const end = run.firstRow + run.rows
  const range = { from: run.firstRow, to: end, rows: blockRows(content, 1, slabBytes) }
  for await (const block of contentBlocks(content, target.signal, range)) {
    const isLast = block.firstRow + block.rows === end
    const timeNs = (row: number): bigint => content.timeNs(row)
    for (const [channel, own] of records.entries()) {
      own.add(columnOf(block.values, channel, channels, block.rows), block.firstRow)
      waiting.push(own.take(timeNs, isLast))
      waitingBytes += waiting.at(-1)!.length
      if (waitingBytes > writtenAtOnce) await write()
    }
    await write()
    target.onRows(block.firstRow + block.rows)
  }
}

function columnOf(values: SampleArray, channel: number, channels: number, rows: number): SampleArray {
  const column = new (values.constructor as new (length: number) => SampleArray)(rows)
  for (let row = 0; row < rows; row++) column[row] = values[row * channels + channel]!
  return column
}

/**
 * miniSEED 2, big-endian: integers by Steim-2, or as 32-bit integers where a step does not fit it; 32-bit and 64-bit floats as
 * they are. Every run without a gap is a segment of each channel.
 */
export const miniseed: ExportFormat = {
  name: 'mseed',
  title: 'miniSEED 2',
  endings: ['.mseed', '.miniseed'],
  gaps: 'kept',
  holdsBands: false,
  check,
  estimateBytes: (content) =>
    content.rows * rowBytes(content) * 1.2 + content.channels * content.runs.length * recordBytes,
  write: (content, target) =>
    SequentialFile.make(target.path, async (file) => {
      let sequence = 0
      for (const run of content.runs) await writeRun(file, content, run, target, () => ++sequence)
    })
}
