import { type BinaryFile, latin1 } from '../binary/binaryFile.ts'
import { storedBytes, type StoredSample } from '../binary/sampleDecoding.ts'
import { RecordingError } from '../recording.ts'
import {
  type BinaryHeader,
  fileHeaderBytes,
  readTraceHeader,
  storedByFormat,
  textHeaderBytes,
  type TraceHeader,
  traceHeaderBytes,
  unreadFormats
} from './segyHeaders.ts'
import { readTextHeader } from './textHeader.ts'

export interface SegyLayout {
  binary: BinaryHeader
  stored: StoredSample
  samples: number
  traces: number
  firstTrace: number
  traceBytes: number
  /** From the start of a trace to its first sample. */
  headerBytes: number
  /** Headers of traces spread evenly over the file, the first and the last among them. */
  probes: { trace: number; header: TraceHeader }[]
  warnings: string[]
}

const mostProbes = 64
const mostTextHeaders = 1000

/** Finds out where every trace lies; traces are of one length, which evenly spread headers must confirm. */
export function readSegyLayout(file: BinaryFile, binary: BinaryHeader, sizeBytes: number): SegyLayout {
  const refuse = (what: string): never => {
    throw new RecordingError(file.path, what)
  }
  const unread = unreadFormats[binary.format]
  if (unread !== undefined) refuse(`is SEG-Y with samples of format ${binary.format} (${unread}), which is not read`)
  const stored =
    storedByFormat[binary.format] ?? refuse(`says sample format ${binary.format}, which SEG-Y does not know`)
  const warnings: string[] = []
  const firstTrace = firstTraceOf(file, binary, sizeBytes)
  if (firstTrace + traceHeaderBytes > sizeBytes) refuse(`ends at byte ${sizeBytes}, before its first trace`)
  const headerOf = (place: number): TraceHeader =>
    readTraceHeader(file.read(place, traceHeaderBytes), binary.littleEndian)
  const first = headerOf(firstTrace)
  const samples = binary.samples || first.samples
  if (samples === 0) refuse('says in no header how many samples a trace has')
  const headerBytes = traceHeaderBytes * (1 + binary.extraTraceHeaders)
  const traceBytes = headerBytes + samples * storedBytes[stored]
  const fitting = Math.floor((sizeBytes - firstTrace) / traceBytes)
  const restBytes = sizeBytes - firstTrace - fitting * traceBytes
  const traces = binary.traces > 0 ? Math.min(binary.traces, fitting) : fitting
  if (traces === 0) refuse(`has no whole trace: one of ${samples} samples takes ${traceBytes} bytes`)
  if (binary.traces > fitting)
    warnings.push(`The header says ${binary.traces} traces, ${fitting} are whole: the file is cut off.`)
  else if (restBytes > 0 && binary.traces === 0)
    warnings.push(`The last ${restBytes} bytes make no whole trace of ${samples} samples; they were left out.`)
  const count = Math.min(mostProbes, traces)
  const probes = Array.from({ length: count }, (_, i) => {
    const trace = count === 1 ? 0 : Math.floor((i * (traces - 1)) / (count - 1))
    return { trace, header: trace === 0 ? first : headerOf(firstTrace + trace * traceBytes) }
  })
  for (const { trace, header } of probes)
    if (!isOfLength(header, samples))
      refuse(
        `has traces of different lengths, which are not read: trace ${trace + 1}, at byte ${firstTrace + trace * traceBytes}, says ${header.samples} samples, the file ${samples}`
      )
  return { binary, stored, samples, traces, firstTrace, traceBytes, headerBytes, probes, warnings }
}

/** The 16 bits of a trace header cannot hold more; 0 leaves it to the file's header. */
export const isOfLength = (header: Pick<TraceHeader, 'samples'>, samples: number): boolean =>
  header.samples === 0 || header.samples === samples || samples > 0xffff

function firstTraceOf(file: BinaryFile, binary: BinaryHeader, sizeBytes: number): number {
  if (binary.firstTrace >= fileHeaderBytes && binary.firstTrace < sizeBytes) return binary.firstTrace
  if (binary.textHeaders >= 0) return fileHeaderBytes + Math.min(binary.textHeaders, mostTextHeaders) * textHeaderBytes
  for (let k = 0; k < mostTextHeaders; k++) {
    const place = fileHeaderBytes + k * textHeaderBytes
    if (place + textHeaderBytes > sizeBytes) break
    const bytes = file.read(place, textHeaderBytes)
    const text = `${readTextHeader(bytes).lines.join(' ')} ${latin1(bytes)}`
    if (/\(\(\s*SEG:\s*EndText\s*\)\)/i.test(text)) return place + textHeaderBytes
  }
  throw new RecordingError(
    file.path,
    'announces further text headers, but none says that it is the last (SEG: EndText)'
  )
}
