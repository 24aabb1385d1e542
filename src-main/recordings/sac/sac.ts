import { nanosecondsFromSeconds } from '../../../src-preload/contract/units.ts'
import { type BinaryFile, withFile } from '../binary/binaryFile.ts'
import { readTraces } from '../binary/gridReading.ts'
import { createRecording } from '../createRecording.ts'
import { RecordingError, type RecordingInfo, unsaidInfo } from '../recording.ts'
import type { RecordingFormat } from '../recordingFormat.ts'
import { evenTimeAxis } from '../timeAxis.ts'
import { readSacHeader, sacByteOrder, sacFooterBytes, type SacHeader, sacHeaderBytes } from './sacHeader.ts'

/** A trace file of SAC (versions 6 and 7, both byte orders): one channel, float32. Folders of them: see `folder`. */
export const sac: RecordingFormat = {
  name: 'sac',
  title: 'SAC',

  recognise: ({ head, sizeBytes }) => Promise.resolve(sacByteOrder(head) !== null && sizeBytes >= sacHeaderBytes + 4),

  open({ path, sizeBytes }) {
    const { header, rows, warnings } = withFile(path, (file) => readSacTrace(file, sizeBytes))
    const layout = { stored: 'float32', littleEndian: header.littleEndian, placeOf: () => sacHeaderBytes } as const
    return Promise.resolve(
      createRecording(describe(header, rows, path, warnings), {
        read: async (range) => withFile(path, (file) => readTraces(file, layout, range)),
        close: () => Promise.resolve()
      })
    )
  }
}

/** Header and the samples that the file really has. Throws `RecordingError`. */
export function readSacTrace(
  file: BinaryFile,
  sizeBytes: number
): { header: SacHeader; rows: number; warnings: string[] } {
  const head = file.read(0, sacHeaderBytes)
  const first = readSacHeader(head, null)
  if (typeof first === 'string') throw new RecordingError(file.path, first)
  const footerPlace = sacHeaderBytes + first.samples * 4
  const hasFooter = first.version === 7 && footerPlace + sacFooterBytes <= sizeBytes
  const header = hasFooter ? readSacHeader(head, file.read(footerPlace, sacFooterBytes)) : first
  if (typeof header === 'string') throw new RecordingError(file.path, header)
  const warnings: string[] = []
  const rows = Math.min(header.samples, Math.floor((sizeBytes - sacHeaderBytes) / 4))
  if (rows < header.samples)
    warnings.push(`The header says ${header.samples} samples, the file has ${rows}: it is cut off.`)
  else if (first.version === 7 && !hasFooter)
    warnings.push('The footer of version 7 is missing: times are those of the header, in single precision.')
  return { header, rows, warnings }
}

/** Null where the header gives no reference time. */
export const sacStartNs = ({ referenceNs, beginS }: SacHeader): bigint | null =>
  referenceNs === null ? null : referenceNs + nanosecondsFromSeconds(beginS)

function describe(header: SacHeader, rows: number, file: string, warnings: string[]): RecordingInfo {
  const startTimeNs = sacStartNs(header)
  if (startTimeNs === null) warnings.push('The header has no reference time: when this was recorded is not known.')
  const { quantity, ...texts } = header.texts
  return {
    ...unsaidInfo(),
    format: 'sac',
    formatVersion: String(header.version),
    file,
    instrument: header.texts.instrument ?? null,
    shape: { time: rows, channel: 1 },
    storedOrder: ['channel', 'time'],
    dtype: 'float32',
    quantity: quantity ?? null,
    ...evenTimeAxis(startTimeNs, header.rateHz, rows),
    channelNames: header.name === '' ? null : [header.name],
    warnings,
    metadata: { ...texts, ...header.numbers, byteOrder: header.littleEndian ? 'little-endian' : 'big-endian' }
  }
}
