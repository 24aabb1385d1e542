import { basename } from 'node:path'
import { type Band, type Recording, RecordingError, type RecordingInfo } from '../../recordings/recording.ts'
import { createRecordingClock, holesOf, sourceTimeOf, whyNotHistoric, whyNotLive } from './recordingClock.ts'
import type { AcquisitionSource, SourceDescription } from './source.ts'

/**
 * A recording as a source. Its samples lie on an even grid of time from the first row on, so that an index always means one
 * time; a hole in the recording is a range of indices without rows, which `gaps` names and which `read` fills with NaN
 * (float32) or 0 (int16).
 *
 * `loopLive`: index 0 is 1970 and the recording, holes included, is repeated from there for ever, one sample after the other,
 * so that what is heard at a time is a function of that time alone. Throws `RecordingError` where it can't be played.
 * Without it the source is offered for the recording's own range, and for none where the recording does not know its time.
 *
 * int8 and int16 are handed out as int16, all else as float32: whole numbers above 2^24 and float64 lose their last digits.
 * `dispose` closes the recording.
 */
export function createRecordingSource(
  recording: Recording,
  options: { loopLive: boolean; name?: string }
): AcquisitionSource {
  const { info } = recording
  const { loopLive, name = basename(info.file) } = options
  const hindrance = loopLive ? whyNotLive(info) : null
  if (hindrance) throw new RecordingError(info.file, `cannot be played as live: ${hindrance}`)
  // Without a rate there is no time to speak of: one second a row keeps the index arithmetic defined, and nothing is offered.
  const sampleIntervalNs = info.sampleIntervalNs !== null && info.sampleIntervalNs > 0 ? info.sampleIntervalNs : 1e9
  const clock = createRecordingClock(info, sampleIntervalNs)
  const time = sourceTimeOf(info, clock, loopLive)
  const description = describe(info, name, sampleIntervalNs)
  const period = clock.sampleCount

  /** Copies the part of [first, first + count) of one pass that the file has rows for; the rest is filled. */
  const readPass = async (
    first: number,
    count: number,
    range: { firstChannel: number; channelCount: number; band?: number },
    target: Int16Array | Float32Array,
    offset: number
  ): Promise<void> => {
    const { firstChannel, channelCount, band } = range
    const missing = description.elementType === 'float32' ? Number.NaN : 0
    target.fill(missing, offset, offset + count * channelCount)
    for (const run of clock.runs) {
      const from = Math.max(first, run.firstSample)
      const to = Math.min(first + count, run.firstSample + run.count)
      if (from >= to) continue
      const row = run.firstRow + from - run.firstSample
      const values = await recording.read({
        time: { from: row, to: row + to - from },
        channel: { from: firstChannel, to: firstChannel + channelCount },
        ...(band === undefined ? {} : { band })
      })
      if (values.length !== (to - from) * channelCount) {
        throw new RecordingError(
          info.file,
          `${values.length} values where ${(to - from) * channelCount} were asked for`
        )
      }
      target.set(values, offset + (from - first) * channelCount)
    }
  }

  return {
    description,
    live: loopLive,

    historicRange() {
      if (loopLive || whyNotHistoric(info) !== null) return null
      return { startNs: time.timeOf(0), endNs: time.timeOf(period) }
    },
    sampleIndexAt: (timeNs) => time.indexAt(timeNs),
    timeOfSample: (index) => time.timeOf(index),

    async read(range, target) {
      const { firstSample, sampleCount, firstChannel, channelCount } = range
      if (firstChannel < 0 || channelCount < 1 || firstChannel + channelCount > info.shape.channel) {
        throw new RangeError(`channels ${firstChannel} to ${firstChannel + channelCount - 1} of ${info.shape.channel}`)
      }
      if (target.length < sampleCount * channelCount) {
        throw new RangeError(`${sampleCount} · ${channelCount} values do not fit into ${target.length}`)
      }
      if (!loopLive && (firstSample < 0 || firstSample + sampleCount > period)) {
        throw new RangeError(`samples ${firstSample} to ${firstSample + sampleCount - 1} of ${period}`)
      }
      for (let done = 0; done < sampleCount;) {
        const within = modulo(firstSample + done, period)
        const count = Math.min(sampleCount - done, period - within)
        await readPass(within, count, range, target, done * channelCount)
        done += count
      }
    },

    gaps({ startNs, endNs }) {
      const holes = holesOf(clock)
      if (holes.length === 0) return []
      const from = time.indexAt(startNs)
      const to = endNs === null ? (loopLive ? from + period : period) : time.indexAt(endNs)
      const found: { startNs: bigint; endNs: bigint }[] = []
      const firstPass = loopLive ? Math.floor(from / period) : 0
      const lastPass = loopLive ? Math.floor((to - 1) / period) : 0
      for (let pass = firstPass; pass <= lastPass; pass++) {
        for (const hole of holes) {
          const start = Math.max(from, hole.from + pass * period)
          const end = Math.min(to, hole.to + pass * period)
          if (start < end) found.push({ startNs: time.timeOf(start), endNs: time.timeOf(end) })
        }
      }
      return found
    },

    dispose: () => recording.close()
  }
}

function describe(info: RecordingInfo, name: string, sampleIntervalNs: number): SourceDescription {
  const bands: Band[] = info.bands.map(({ lowHz, highHz }) => ({ lowHz, highHz }))
  return {
    name,
    kind: 'recording',
    format: info.format,
    content: bands.length > 0 ? 'bandEnergy' : 'samples',
    bands,
    elementType: info.dtype === 'int8' || info.dtype === 'int16' ? 'int16' : 'float32',
    scale: info.scale,
    // The wire has a text here, and no invention: what the recording does not say is empty.
    unit: info.unit ?? '',
    quantity: info.quantity ?? '',
    channelCount: info.shape.channel,
    firstOwnChannel: info.firstChannel,
    ownChannelStep: info.channelStep,
    firstDistanceM: info.firstDistanceM,
    channelSpacingM: info.channelSpacingM,
    gaugeLengthM: info.gaugeLengthM,
    sampleIntervalNs,
    sampleRateHz: info.sampleRateHz ?? 1e9 / sampleIntervalNs
  }
}

function modulo(value: number, period: number): number {
  return value - Math.floor(value / period) * period
}
