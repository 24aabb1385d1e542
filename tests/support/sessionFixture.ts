/** Blocks of a made-up stream whose every sample is known from its number, and captures of them without any backend. */
import type { SampleBlock, StreamOffer } from '../../src-main/streams/streamSource.ts'
import { systemClock, type Clock } from '../../src-main/clock.ts'
import {
  CaptureWriter,
  type BeginOptions,
  type CaptureListener,
  type CaptureWriterOptions
} from '../../src-main/sessions/capture/captureWriter.ts'
import type { Recording } from '../../src-main/recordings/recording.ts'

export const originNs = 1_790_000_000_123_456_789n

export interface StreamShape {
  channels: number
  rateHz: number
  rowsPerBlock: number
  elementType: 'int16' | 'float32'
}

export const smallShape: StreamShape = { channels: 7, rateHz: 500, rowsPerBlock: 25, elementType: 'int16' }

/** The stored value of a sample: no two neighbours are equal, and int16 holds it. */
export const valueAt = (sample: number, channel: number): number => ((sample * 131 + channel * 17) % 60_000) - 30_000

export const offerOf = (shape: StreamShape): StreamOffer => ({
  service: 'blocks',
  live: true,
  content: 'samples',
  sourceName: 'Made-up fibre',
  unit: 'nm/m/s',
  quantity: 'strain rate',
  firstChannel: 11,
  channelStep: 1,
  channelCount: shape.channels,
  firstDistanceM: 10.2,
  channelSpacingM: 1.02,
  gaugeLengthM: 10,
  sampleIntervalNs: 1e9 / shape.rateHz,
  startNs: null,
  endNs: null,
  bandLowHz: null,
  bandHighHz: null
})

/** Block `number` of the stream. */
export function blockOf(shape: StreamShape, number: number, scale = 0.5): SampleBlock {
  const { channels, rateHz, rowsPerBlock, elementType } = shape
  const values =
    elementType === 'int16' ? new Int16Array(rowsPerBlock * channels) : new Float32Array(rowsPerBlock * channels)
  const firstSample = number * rowsPerBlock
  for (let row = 0, at = 0; row < rowsPerBlock; row++)
    for (let channel = 0; channel < channels; channel++) values[at++] = valueAt(firstSample + row, channel)
  // As on the wire: borrowed bytes at an odd offset.
  const data = new Uint8Array(values.byteLength + 1).subarray(1)
  data.set(new Uint8Array(values.buffer))
  return {
    sequence: number,
    startNs: originNs + BigInt(Math.round((firstSample * 1e9) / rateHz)),
    firstSample,
    sampleCount: rowsPerBlock,
    channelCount: channels,
    sampleIntervalNs: 1e9 / rateHz,
    elementType,
    scale,
    data
  }
}

export const sessionOptions = (folder: string, change: Partial<BeginOptions> = {}): BeginOptions => ({
  folder,
  name: 'A test',
  place: '',
  notes: '',
  tags: [],
  program: 'test',
  ring: null,
  segmentBytes: 1024 ** 3,
  segmentS: 3600,
  durationS: null,
  ...change
})

export function captureWriter(
  change: Partial<CaptureWriterOptions> = {},
  listener: Partial<CaptureListener> = {},
  clock: Clock = systemClock()
): CaptureWriter {
  return new CaptureWriter(
    {
      clock,
      backend: 'test',
      jobId: 'live-1',
      queueBytes: 64 * 1024 * 1024,
      preTrigger: null,
      commitAfterMs: 20,
      ...change
    },
    { drained: () => undefined, changed: () => undefined, ...listener }
  )
}

/** Captures blocks [from, to) and closes the session. */
export async function captureBlocks(
  folder: string,
  shape: StreamShape,
  [from, to]: [number, number],
  change: Partial<BeginOptions> = {}
): Promise<CaptureWriter> {
  const writer = captureWriter()
  writer.offer(offerOf(shape))
  await writer.begin(sessionOptions(folder, change))
  for (let number = from; number < to; number++) writer.push(blockOf(shape, number))
  await writer.close('The test is over.')
  return writer
}

/** Reads all of a recording and says the first value that is not the stream's, or null. Rows are placed by their time. */
export async function firstWrongSample(recording: Recording, shape: StreamShape): Promise<string | null> {
  const { info } = recording
  const runs = info.segments ?? [{ firstIndex: 0, startTimeNs: info.startTimeNs! }]
  for (const [k, run] of runs.entries()) {
    const end = runs[k + 1]?.firstIndex ?? info.shape.time
    const first = Math.round((Number(run.startTimeNs - originNs) * shape.rateHz) / 1e9)
    const rowsAtOnce = 4096
    for (let from = run.firstIndex; from < end; from += rowsAtOnce) {
      const to = Math.min(end, from + rowsAtOnce)
      const values = await recording.read({ time: { from, to }, channel: { from: 0, to: info.shape.channel } })
      for (let at = 0; at < values.length; at++) {
        const sample = first + from - run.firstIndex + Math.floor(at / info.shape.channel)
        const channel = at % info.shape.channel
        if (values[at] !== valueAt(sample, channel))
          return `sample ${sample}, channel ${channel}: ${values[at]} instead of ${valueAt(sample, channel)}`
      }
    }
  }
  return null
}
