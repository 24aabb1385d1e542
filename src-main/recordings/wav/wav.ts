import { nanosecondsFromIso } from '../../../src-preload/contract/units.ts'
import { viewOf, withFile } from '../binary/binaryFile.ts'
import { readRows, type RowLayout } from '../binary/gridReading.ts'
import { elementOf, storedBytes, type StoredSample } from '../binary/sampleDecoding.ts'
import { createRecording } from '../createRecording.ts'
import { RecordingError, type RecordingInfo, unsaidInfo } from '../recording.ts'
import type { RecordingFormat } from '../recordingFormat.ts'
import { evenTimeAxis } from '../timeAxis.ts'
import { readWavLayout, wavKind, type WavLayout } from './wavChunks.ts'

const pcm = 1
const float = 3
const extensible = 0xfffe

/** WAV: PCM of 8 to 32 bits and IEEE floats, RIFF, big-endian RIFX and RF64 beyond 4 GB. One audio channel is a channel. */
export const wav: RecordingFormat = {
  name: 'wav',
  title: 'WAV',

  recognise: ({ head }) => Promise.resolve(wavKind(head) !== null),

  open({ path, head, sizeBytes }) {
    const layout = withFile(path, (file) => readWavLayout(file, wavKind(head)!, sizeBytes))
    const samples = samplesOf(layout, path)
    const rowBytes = samples.channels * storedBytes[samples.stored]
    const rows = Math.floor(layout.dataBytes / rowBytes)
    if (layout.dataBytes % rowBytes > 0)
      layout.warnings.push(`The last ${layout.dataBytes % rowBytes} bytes make no whole row; they were left out.`)
    if (rows === 0) throw new RecordingError(path, 'is a WAV file with no whole row of samples')
    const run = { firstRow: 0, rows, place: layout.dataPlace }
    const rowLayout: RowLayout = { ...samples, runOf: () => run }
    const info = describe(layout, samples, rows, path)
    return Promise.resolve(
      createRecording(info, {
        read: async (range) => withFile(path, (file) => readRows(file, rowLayout, range)),
        close: () => Promise.resolve()
      })
    )
  }
}

interface WavSamples {
  channels: number
  stored: StoredSample
  littleEndian: boolean
  rateHz: number
}

function samplesOf({ format, kind }: WavLayout, path: string): WavSamples {
  const littleEndian = kind !== 'RIFX'
  const view = viewOf(format)
  let code = view.getUint16(0, littleEndian)
  const channels = view.getUint16(2, littleEndian)
  const blockBytes = view.getUint16(12, littleEndian)
  const bits = view.getUint16(14, littleEndian)
  if (code === extensible) {
    if (format.length < 40) throw new RecordingError(path, 'is a WAV file with a cut-off extensible fmt chunk')
    // The sub-format is a GUID that begins with the old code.
    code = view.getUint16(24, littleEndian)
  }
  const bytes = channels > 0 ? blockBytes / channels : 0
  const stored = storedOf(code, bytes)
  if (stored === null)
    throw new RecordingError(
      path,
      `is a WAV file with samples of code ${code}, ${bits} bits, ${channels} channels in ${blockBytes} bytes, which is not read`
    )
  return { channels, stored, littleEndian, rateHz: view.getUint32(4, littleEndian) }
}

function storedOf(code: number, bytes: number): StoredSample | null {
  if (code === float) return bytes === 4 ? 'float32' : bytes === 8 ? 'float64' : null
  if (code !== pcm) return null
  const byBytes: Record<number, StoredSample> = { 1: 'offset8', 2: 'int16', 3: 'int24', 4: 'int32' }
  return byBytes[bytes] ?? null
}

function describe(
  layout: WavLayout,
  { channels, stored, rateHz }: WavSamples,
  rows: number,
  file: string
): RecordingInfo {
  const { warnings, broadcast, texts, kind } = layout
  if (rateHz === 0) warnings.push('The header says 0 Hz: the sample rate is not known.')
  const startTimeNs = startOf(broadcast, rateHz, warnings)
  if (startTimeNs === null) warnings.push('A WAV file says no start time: when this was recorded is not known.')
  return {
    ...unsaidInfo(),
    format: 'wav',
    formatVersion: kind,
    file,
    shape: { time: rows, channel: channels },
    storedOrder: ['time', 'channel'],
    dtype: elementOf[stored],
    ...evenTimeAxis(startTimeNs, rateHz === 0 ? null : rateHz, rows),
    warnings,
    metadata: {
      storedAs: stored,
      ...Object.fromEntries(texts),
      ...(broadcast ? { originationDate: broadcast.date, originationTime: broadcast.time } : {})
    }
  }
}

/** Date and samples since midnight, which is exact; the time of day, whole seconds, where it is all there is. */
function startOf(broadcast: WavLayout['broadcast'], rateHz: number, warnings: string[]): bigint | null {
  if (!broadcast) return null
  const date = broadcast.date.replaceAll(/[^0-9]/g, '-')
  const midnight = nanosecondsFromIso(`${date}T00:00:00Z`)
  if (midnight === null) return null
  warnings.push('The start is the time of the broadcast extension, which names no time zone: UTC was assumed.')
  const { samplesSinceMidnight } = broadcast
  if (samplesSinceMidnight > 0 && rateHz > 0 && samplesSinceMidnight < rateHz * 86_400)
    return midnight + (BigInt(samplesSinceMidnight) * 1_000_000_000n) / BigInt(rateHz)
  return nanosecondsFromIso(`${date}T${broadcast.time.replaceAll(/[^0-9]/g, ':')}Z`) ?? midnight
}
