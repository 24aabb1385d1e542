import { type BinaryFile, withFile } from '../binary/binaryFile.ts'
import { readTraces } from '../binary/gridReading.ts'
import { elementOf, storedBytes } from '../binary/sampleDecoding.ts'
import { createRecording } from '../createRecording.ts'
import { type ReadRange, RecordingError, type RecordingInfo, unsaidInfo } from '../recording.ts'
import type { Candidate, RecordingFormat } from '../recordingFormat.ts'
import { evenTimeAxis } from '../timeAxis.ts'
import { segyDistances } from './segyDistances.ts'
import {
  fileHeaderBytes,
  readBinaryHeader,
  readTraceHeader,
  storedByFormat,
  textHeaderBytes,
  type TraceHeader,
  traceHeaderBytes,
  unreadFormats
} from './segyHeaders.ts'
import { isOfLength, readSegyLayout, type SegyLayout } from './segyLayout.ts'
import { readTextHeader, type TextHeader } from './textHeader.ts'

/** SEG-Y, revisions 0 to 2.1, both byte orders, with traces of one length. A trace is a channel. */
export const segy: RecordingFormat = {
  name: 'segy',
  title: 'SEG-Y',

  recognise: (candidate) => Promise.resolve(isSegy(candidate)),

  open({ path, head, sizeBytes }) {
    const text = readTextHeader(head.subarray(0, textHeaderBytes))
    const binary = readBinaryHeader(head.subarray(textHeaderBytes, fileHeaderBytes))
    const { layout, info } = withFile(path, (file) => {
      const found = readSegyLayout(file, binary, sizeBytes)
      return { layout: found, info: describe(found, text, file) }
    })
    const traces = new SegyTraces(layout)
    return Promise.resolve(
      createRecording(info, {
        read: async (range) => withFile(path, (file) => traces.read(file, range)),
        close: () => Promise.resolve()
      })
    )
  }
}

/** SEG-Y has no signature: a text header that is text, and a binary header that can be one. */
function isSegy({ head, sizeBytes, isFolder }: Candidate): boolean {
  if (isFolder || head.length < fileHeaderBytes) return false
  const binary = readBinaryHeader(head.subarray(textHeaderBytes, fileHeaderBytes))
  const isFormat = binary.format in storedByFormat || binary.format in unreadFormats
  if (!isFormat || binary.revision > 2 || binary.textHeaders < -1) return false
  const { plausibility } = readTextHeader(head.subarray(0, textHeaderBytes))
  if (plausibility > 0.95) return true
  // Some writers leave the text empty or put bytes of their own there: then the sizes must fit to the byte.
  const stored = storedByFormat[binary.format]
  if (stored === undefined || binary.samples === 0 || binary.intervalMicroseconds === 0) return false
  if (plausibility > 0 && binary.revision === 0) return false
  const traceBytes = traceHeaderBytes * (1 + binary.extraTraceHeaders) + binary.samples * storedBytes[stored]
  const first = fileHeaderBytes + Math.max(0, binary.textHeaders) * textHeaderBytes
  return sizeBytes > first && (sizeBytes - first) % traceBytes === 0
}

class SegyTraces {
  readonly #layout: SegyLayout
  /** Traces whose length has been looked at: 1. */
  readonly #checked: Uint8Array

  constructor(layout: SegyLayout) {
    this.#layout = layout
    this.#checked = new Uint8Array(layout.traces)
  }

  read(file: BinaryFile, range: ReadRange): ReturnType<typeof readTraces> {
    const { stored, binary, firstTrace, traceBytes, headerBytes } = this.#layout
    return readTraces(
      file,
      {
        stored,
        littleEndian: binary.littleEndian,
        placeOf: (trace) => {
          const place = firstTrace + trace * traceBytes
          this.#check(file, trace, place)
          return place + headerBytes
        }
      },
      range
    )
  }

  /** The header of a trace is looked at when the trace is first read: a file may hold millions of them. */
  #check(file: BinaryFile, trace: number, place: number): void {
    if (this.#checked[trace] === 1) return
    const { samples, binary } = this.#layout
    const header = readTraceHeader(file.read(place, traceHeaderBytes), binary.littleEndian)
    if (!isOfLength(header, samples))
      throw new RecordingError(
        file.path,
        `has traces of different lengths, which are not read: trace ${trace + 1}, at byte ${place}, says ${header.samples} samples, the file ${samples}`
      )
    this.#checked[trace] = 1
  }
}

const timeBases: Record<number, string> = { 1: 'local', 3: 'of another kind than UTC', 5: 'GPS' }

function describe(layout: SegyLayout, text: TextHeader, file: BinaryFile): RecordingInfo {
  const { binary, probes, samples, traces, stored, warnings } = layout
  const first = probes[0]!.header
  const intervalUs = binary.intervalMicroseconds || first.intervalMicroseconds
  if (intervalUs === 0) warnings.push('No header says a sample interval: the sample rate is not known.')
  else if (
    first.intervalMicroseconds > 0 &&
    Math.abs(first.intervalMicroseconds - intervalUs) >= 1 &&
    intervalUs < 65_536
  )
    warnings.push(
      `The file says one sample every ${intervalUs} µs, its first trace every ${first.intervalMicroseconds} µs: the file was believed.`
    )
  if (first.startTimeNs === null) warnings.push('The first trace has no time: when this was recorded is not known.')
  else if (probes.some(({ header }) => header.startTimeNs !== first.startTimeNs))
    warnings.push('The traces do not all begin at the same time: that of the first was taken for all of them.')
  const basis = timeBases[first.timeBasis || binary.timeBasis]
  if (basis && first.startTimeNs !== null) warnings.push(`The times are ${basis}: they were taken as UTC.`)
  const headerAt = (trace: number): TraceHeader =>
    readTraceHeader(file.read(layout.firstTrace + trace * layout.traceBytes, traceHeaderBytes), binary.littleEndian)
  const distances = segyDistances(layout, headerAt, warnings)
  return {
    ...unsaidInfo(),
    format: 'segy',
    formatVersion: `${binary.revision}.${binary.minorRevision}`,
    file: file.path,
    shape: { time: samples, channel: traces },
    storedOrder: ['channel', 'time'],
    dtype: elementOf[stored],
    ...evenTimeAxis(first.startTimeNs, intervalUs === 0 ? null : 1e6 / intervalUs, samples),
    ...distances,
    warnings,
    metadata: {
      text: text.lines,
      textEncoding: text.encoding,
      storedAs: stored,
      byteOrder: binary.littleEndian ? 'little-endian' : 'big-endian',
      tracesInEnsemble: binary.tracesInEnsemble
    }
  }
}
