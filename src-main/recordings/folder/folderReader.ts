import { type ReadRange, type Recording, RecordingError, type RecordingInfo, type SampleArray } from '../recording.ts'
import { createSampleArray } from '../sampleArray.ts'
import { differenceOf, type FolderFile, FolderMismatch, type Member, type OpenFile } from './members.ts'
import type { Joined, Piece } from './pieces.ts'

/** Files that are kept open: a descriptor each, and with HDF5 a part of the heap. */
const mostOpen = 8

/** Reads rows across files, each opened when it is first needed; the ones used last stay open. */
export class FolderReader {
  readonly #folder: string
  readonly #info: RecordingInfo
  readonly #firstName: string
  readonly #joined: Joined
  readonly #open: OpenFile
  readonly #opened = new Map<number, Recording>()

  constructor(folder: string, info: RecordingInfo, firstName: string, joined: Joined, open: OpenFile) {
    this.#folder = folder
    this.#info = info
    this.#firstName = firstName
    this.#joined = joined
    this.#open = open
  }

  async read({ time, channel, band = 0 }: ReadRange): Promise<SampleArray> {
    const step = time.stride ?? 1
    const rows = Math.ceil((time.to - time.from) / step)
    const columns = Math.ceil((channel.to - channel.from) / (channel.stride ?? 1))
    const target = createSampleArray(this.#info.dtype, rows * columns)
    if (target.length === 0) return target
    const { pieces } = this.#joined
    for (let k = pieceAt(pieces, time.from); k < pieces.length && pieces[k]!.firstRow < time.to; k++) {
      const piece = pieces[k]!
      const row = Math.max(0, Math.ceil((piece.firstRow - time.from) / step))
      const first = time.from + row * step
      const end = Math.min(time.to, piece.firstRow + piece.rows)
      if (first >= end) continue
      const offset = piece.memberRow - piece.firstRow
      const range = { time: { from: first + offset, to: end + offset, stride: step }, channel, band }
      target.set(await this.#readMember(piece.member, range), row * columns)
    }
    return target
  }

  async close(): Promise<void> {
    const open = [...this.#opened.values()]
    this.#opened.clear()
    for (const recording of open) await recording.close()
  }

  async #readMember(number: number, range: ReadRange): Promise<SampleArray> {
    const member = this.#joined.members[number]!
    try {
      const recording = await this.#recording(number, member)
      return await recording.read(range)
    } catch (error) {
      if (error instanceof RecordingError)
        throw new RecordingError(this.#folder, `${member.file.name} ${error.message.replace(`${error.file}: `, '')}`)
      if (error instanceof FolderMismatch) throw new RecordingError(this.#folder, error.message)
      throw error
    }
  }

  async #recording(number: number, member: Member): Promise<Recording> {
    const kept = this.#opened.get(number)
    if (kept) {
      this.#opened.delete(number)
      this.#opened.set(number, kept)
      return kept
    }
    while (this.#opened.size >= mostOpen) {
      const [oldest, recording] = this.#opened.entries().next().value!
      this.#opened.delete(oldest)
      await recording.close()
    }
    const recording = await this.#open(member.file.path)
    try {
      this.#check(recording.info, member)
    } catch (error) {
      await recording.close()
      throw error
    }
    this.#opened.set(number, recording)
    return recording
  }

  /** A file that was not opened before may be another one than its neighbours promised; any may have changed. */
  #check(info: RecordingInfo, { file, rows, runs }: Member): void {
    const difference = differenceOf(info, this.#info, file, this.#firstName)
    if (difference) throw difference
    const startNs = runs[0]!.startTimeNs
    const offNs = startNs === null || info.startTimeNs === null ? 0 : Number(info.startTimeNs - startNs)
    if (info.shape.time !== rows || Math.abs(offNs) >= (this.#info.sampleIntervalNs ?? Infinity) / 2)
      throw unlikePromised(file, info.shape.time, rows, offNs)
  }
}

const unlikePromised = (file: FolderFile, rows: number, promised: number, offNs: number): FolderMismatch =>
  new FolderMismatch(
    `${file.name} has ${rows} rows where ${promised} were expected, and begins ${offNs / 1e9} s from where its neighbours put it; open it by itself`
  )

/** The piece that holds a row. */
function pieceAt(pieces: Piece[], row: number): number {
  let low = 0
  let high = pieces.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (pieces[middle]!.firstRow <= row) low = middle
    else high = middle - 1
  }
  return low
}
