import { fdatasync, writev } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import { crc32 } from '../../recordings/session/crc32.ts'
import { encodeFrameHeader, frameHeaderBytes } from '../../recordings/session/frame.ts'
import { encodeIndexRecord, indexRecordBytes, type FrameEntry } from '../../recordings/session/frameList.ts'
import type { GapRecord, SegmentDescription, SegmentSummary } from '../../recordings/session/manifest.ts'
import { indexName } from '../../recordings/session/paths.ts'
import { RunList } from '../../recordings/session/runs.ts'
import type { Batch } from './frameQueue.ts'

const jsonAlignment = 8

/** JSON as the payload of a frame, padded with spaces so that the frames after it stay aligned. */
export function jsonPayload(value: object): Buffer {
  const text = Buffer.from(JSON.stringify(value))
  return Buffer.concat([text, Buffer.alloc((jsonAlignment - (text.length % jsonAlignment)) % jsonAlignment, ' ')])
}

const written = (descriptor: number, pieces: Buffer[], position: number): Promise<number> =>
  new Promise((resolve, reject) =>
    writev(descriptor, pieces, position, (error, bytes) => (error ? reject(error) : resolve(bytes)))
  )

const synced = (descriptor: number): Promise<void> =>
  new Promise((resolve, reject) => fdatasync(descriptor, (error) => (error ? reject(error) : resolve())))

/** What is left of the pieces after so many bytes. */
function after(pieces: Buffer[], bytes: number): Buffer[] {
  const rest: Buffer[] = []
  for (const piece of pieces) {
    if (bytes >= piece.length) bytes -= piece.length
    else {
      rest.push(piece.subarray(bytes))
      bytes = 0
    }
  }
  return rest
}

/** One segment file and its index while they are written. What `sync` has resolved for is on the disk, and counts. */
export class SegmentWriter {
  readonly name: string
  readonly #samples: FileHandle
  readonly #index: FileHandle
  readonly #runs: RunList
  readonly #gaps: GapRecord[] = []
  /** Description frame: it goes with the first batch. */
  readonly #head: Buffer
  #writtenBytes = 0
  #bytes = 0
  #indexBytes = 0
  #indexIsWhole = true
  #indexing: Promise<void> = Promise.resolve()
  #firstFrame: number | null = null
  #frames = 0
  #blocks = 0

  static async create(folder: string, name: string, description: SegmentDescription): Promise<SegmentWriter> {
    const samples = await open(join(folder, name), 'wx')
    try {
      return new SegmentWriter(name, samples, await open(join(folder, indexName(name)), 'w'), description)
    } catch (error) {
      await samples.close()
      throw error
    }
  }

  private constructor(name: string, samples: FileHandle, index: FileHandle, description: SegmentDescription) {
    this.name = name
    this.#samples = samples
    this.#index = index
    this.#runs = new RunList(description.data.sampleIntervalNs)
    this.#head = Buffer.concat([Buffer.alloc(frameHeaderBytes), jsonPayload(description)])
  }

  get bytes(): number {
    return this.#bytes
  }

  get frames(): number {
    return this.#frames
  }

  get startNs(): Nanoseconds | null {
    return this.#runs.runs[0]?.startTimeNs ?? null
  }

  get endNs(): Nanoseconds | null {
    return this.#runs.endNs
  }

  get samples(): number {
    return this.#runs.samples
  }

  /** Also while an earlier batch is synced. After a rejection the file may hold part of the batch: `cut` takes it away. */
  async write({ pieces, frames, bytes }: Batch, channelCount: number, element: 'int16' | 'float32'): Promise<void> {
    const head =
      this.#writtenBytes === 0 ? this.#headFrame(frames[0]!.frame, frames[0]!.startNs, channelCount, element) : null
    const total = bytes + (head?.length ?? 0)
    let rest = head ? [head, ...pieces] : pieces
    for (let done = 0; done < total;) {
      const now = await written(this.#samples.fd, rest, this.#writtenBytes + done)
      if (now === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' })
      done += now
      if (done < total) rest = after(rest, now)
    }
    this.#writtenBytes += total
  }

  /** Syncs the oldest batch that is written and not synced yet. */
  async sync({ frames }: Batch): Promise<void> {
    await synced(this.#samples.fd)
    const entries: FrameEntry[] = []
    const isFirst = this.#bytes === 0
    if (isFirst)
      entries.push({
        offset: 0,
        kind: 'description',
        sampleCount: 0,
        startNs: frames[0]!.startNs,
        frame: frames[0]!.frame
      })
    let offset = this.#bytes + (isFirst ? this.#head.length : 0)
    for (const { kind, bytes: frameBytes, sampleCount, startNs, frame, blocks, gap } of frames) {
      entries.push({ offset, kind, sampleCount, startNs, frame })
      offset += frameBytes
      this.#blocks += blocks
      if (kind === 'data') this.#runs.add(startNs, sampleCount)
      else if (gap) this.#gaps.push(gap)
    }
    this.#firstFrame ??= frames[0]!.frame
    this.#frames += entries.length
    this.#bytes = offset
    // Not waited for: the samples are safe, and an index can be made anew.
    this.#indexing = this.#indexing.then(() => this.#addToIndex(entries))
  }

  /** Takes away what was written but not synced. */
  async cut(): Promise<void> {
    await this.#samples.truncate(this.#bytes)
  }

  summary(): SegmentSummary {
    const { runs, samples, endNs } = this.#runs
    return {
      file: this.name,
      firstFrame: this.#firstFrame ?? 0,
      frames: this.#frames,
      blocks: this.#blocks,
      samples,
      bytes: this.#bytes,
      startTimeNs: runs[0]?.startTimeNs.toString() ?? null,
      endTimeNs: endNs?.toString() ?? null,
      runs: runs.map(({ firstIndex, startTimeNs }) => ({
        firstSample: firstIndex,
        startTimeNs: startTimeNs.toString()
      })),
      gaps: this.#gaps
    }
  }

  async close(): Promise<void> {
    await this.#indexing
    // The samples count; an index that cannot be synced is made anew by whoever reads.
    await this.#index.datasync().catch(() => undefined)
    await Promise.all([this.#samples.close(), this.#index.close()])
  }

  #headFrame(frame: number, startNs: Nanoseconds, channelCount: number, element: 'int16' | 'float32'): Buffer {
    const head = this.#head
    const payload = head.subarray(frameHeaderBytes)
    encodeFrameHeader(
      {
        kind: 'description',
        element,
        payloadCrc: crc32(payload),
        payloadBytes: payload.length,
        sampleCount: 0,
        channelCount,
        frame,
        sequence: 0,
        startNs,
        firstSample: 0,
        sampleIntervalNs: 0
      },
      head
    )
    return head
  }

  async #addToIndex(entries: FrameEntry[]): Promise<void> {
    if (!this.#indexIsWhole) return
    const records = Buffer.alloc(entries.length * indexRecordBytes)
    entries.forEach((entry, k) => encodeIndexRecord(entry, records, k * indexRecordBytes))
    try {
      const { bytesWritten } = await this.#index.write(records, 0, records.length, this.#indexBytes)
      this.#indexBytes += bytesWritten
      if (bytesWritten < records.length) this.#indexIsWhole = false
    } catch {
      this.#indexIsWhole = false
    }
  }
}
