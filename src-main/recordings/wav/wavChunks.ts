import { type BinaryFile, latin1, viewOf } from '../binary/binaryFile.ts'
import { RecordingError } from '../recording.ts'

export interface WavLayout {
  kind: 'RIFF' | 'RIFX' | 'RF64' | 'BW64'
  format: Uint8Array
  dataPlace: number
  dataBytes: number
  /** `LIST` of kind `INFO`, by its four-letter keys. */
  texts: Map<string, string>
  /** Broadcast extension (EBU Tech 3285): date and time of day as written, and the first sample since midnight. */
  broadcast: { date: string; time: string; samplesSinceMidnight: number } | null
  warnings: string[]
}

const kinds = ['RIFF', 'RIFX', 'RF64', 'BW64'] as const
const unknownSize = 0xffff_ffff
const mostChunks = 10_000
const mostTextBytes = 1024 * 1024

export const wavKind = (head: Uint8Array): WavLayout['kind'] | null =>
  latin1(head.subarray(8, 12)) === 'WAVE' ? (kinds.find((kind) => kind === latin1(head.subarray(0, 4))) ?? null) : null

/** Walks the chunks; RF64 keeps sizes of 64 bits in its `ds64` (EBU Tech 3306). */
export function readWavLayout(file: BinaryFile, kind: WavLayout['kind'], sizeBytes: number): WavLayout {
  const littleEndian = kind !== 'RIFX'
  const refuse = (what: string): never => {
    throw new RecordingError(file.path, what)
  }
  const found: WavLayout = {
    kind,
    format: new Uint8Array(0),
    dataPlace: 0,
    dataBytes: -1,
    texts: new Map(),
    broadcast: null,
    warnings: []
  }
  let longDataBytes: number | null = null
  let chunks = 0
  for (let place = 12; place + 8 <= sizeBytes; chunks++) {
    if (chunks > mostChunks) refuse(`has more than ${mostChunks} chunks`)
    const head = file.read(place, 8)
    const name = latin1(head.subarray(0, 4))
    let size = viewOf(head).getUint32(4, littleEndian)
    const body = place + 8
    const left = sizeBytes - body
    if (name === 'data') {
      if (found.dataBytes >= 0) {
        found.warnings.push(`A second data chunk, at byte ${place}, was left out.`)
      } else {
        if (size === unknownSize && longDataBytes !== null) size = longDataBytes
        if (size > left || (size === 0 && left > 0)) {
          found.warnings.push(
            `The data chunk says ${size} bytes, the file has ${left}: it was read up to the end of the file.`
          )
          size = left
        }
        found.dataPlace = body
        found.dataBytes = size
      }
    } else if (size > left) {
      if (found.dataBytes < 0) refuse(`ends inside its chunk ${name.trim()} at byte ${place}, before its samples`)
      found.warnings.push(`The last chunk, at byte ${place}, is cut off.`)
      break
    } else if (name === 'ds64' && size >= 24) {
      const value = viewOf(file.read(body + 8, 8)).getBigUint64(0, true)
      longDataBytes = Number(value)
    } else if (name === 'fmt ') found.format = file.read(body, Math.min(size, 64))
    else if (name === 'bext' && size >= 346) found.broadcast = broadcastOf(file.read(body, 346))
    else if (name === 'LIST' && size <= mostTextBytes) readTexts(file.read(body, size), littleEndian, found.texts)
    place = body + size + (size & 1)
  }
  if (found.format.length < 16) refuse('is a WAV file without a whole fmt chunk')
  if (found.dataBytes < 0) refuse('is a WAV file without samples (no data chunk)')
  return found
}

function broadcastOf(bytes: Uint8Array): WavLayout['broadcast'] {
  return {
    date: latin1(bytes.subarray(320, 330)),
    time: latin1(bytes.subarray(330, 338)),
    samplesSinceMidnight: Number(viewOf(bytes).getBigUint64(338, true))
  }
}

function readTexts(bytes: Uint8Array, littleEndian: boolean, texts: Map<string, string>): void {
  if (latin1(bytes.subarray(0, 4)) !== 'INFO') return
  const view = viewOf(bytes)
  for (let at = 4; at + 8 <= bytes.length && texts.size < 100;) {
    const size = view.getUint32(at + 4, littleEndian)
    const text = new TextDecoder().decode(bytes.subarray(at + 8, at + 8 + size))
    texts.set(latin1(bytes.subarray(at, at + 4)), text.replace(/\0[^]*$/, '').slice(0, 4000))
    at += 8 + size + (size & 1)
  }
}
