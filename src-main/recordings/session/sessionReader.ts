import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { RecordingError, type ReadRange, type SampleArray } from '../recording.ts'
import { crc32 } from './crc32.ts'
import { decodeFrameHeader, elementBytes, frameHeaderBytes, type FrameHeader } from './frame.ts'
import type { FrameList } from './frameList.ts'
import type { OpenSegment, SessionContents } from './openSession.ts'
import { scanSegment } from './segmentScan.ts'

/** Whole, summed frames that were read last: small reads in a row come from one frame. */
const keptBytes = 8 * 1024 * 1024
const handlesMax = 8
/** Memory for a greater frame is taken when the file is known to hold so much. */
const cautiousBytes = 8 * 1024 * 1024
const framesMax = 24

interface KeptFrame {
  file: string
  offset: number
  payload: Buffer
}

/** Random access to the samples of a session. Each frame that is touched is read whole and its sum is checked. */
export class SessionReader {
  readonly #contents: SessionContents
  readonly #handles = new Map<string, FileHandle>()
  /** Segments whose frames are in memory, oldest first; bounds what a long session takes. */
  readonly #loaded: OpenSegment[] = []
  #kept: KeptFrame[] = []

  constructor(contents: SessionContents) {
    this.#contents = contents
  }

  async read({ time, channel }: ReadRange): Promise<SampleArray> {
    const { elementType } = this.#contents.data
    const timeStride = time.stride ?? 1
    const channelStride = channel.stride ?? 1
    const rows = Math.ceil((time.to - time.from) / timeStride)
    const columns = Math.ceil((channel.to - channel.from) / channelStride)
    const values = elementType === 'int16' ? new Int16Array(rows * columns) : new Float32Array(rows * columns)
    const isWhole = timeStride === 1 && columns === this.#contents.data.channelCount
    let row = 0
    while (row < rows) {
      const sample = time.from + row * timeStride
      const frame = await this.#frameAt(sample)
      const last = Math.min(time.to, frame.firstSample + frame.sampleCount)
      if (isWhole) {
        const to = Math.min(rows, row + last - sample)
        const first = (sample - frame.firstSample) * columns
        values.set(frame.values.subarray(first, first + (to - row) * columns), row * columns)
        row = to
        continue
      }
      for (; row < rows && time.from + row * timeStride < last; row++)
        this.#copyRow(frame, time.from + row * timeStride, { ...channel, stride: channelStride }, values, row * columns)
    }
    return values
  }

  async close(): Promise<void> {
    this.#kept = []
    const handles = [...this.#handles.values()]
    this.#handles.clear()
    await Promise.all(handles.map((handle) => handle.close()))
  }

  #copyRow(
    frame: { values: Int16Array | Float32Array; firstSample: number },
    sample: number,
    { from, to, stride }: { from: number; to: number; stride: number },
    target: SampleArray,
    at: number
  ): void {
    const start = (sample - frame.firstSample) * this.#contents.data.channelCount
    if (stride === 1) return target.set(frame.values.subarray(start + from, start + to), at)
    for (let channel = from; channel < to; channel += stride) target[at++] = frame.values[start + channel]!
  }

  /** The frame that holds a sample of the session. */
  async #frameAt(
    sample: number
  ): Promise<{ values: Int16Array | Float32Array; firstSample: number; sampleCount: number }> {
    const segment = this.#segmentOf(sample)
    const frames = this.#framesOf(segment)
    const { entry, firstSample } = frames.frameOf(sample - segment.firstSample)
    const { offset, sampleCount } = frames.at(entry)
    const payload = await this.#payload(segment.file, offset, sampleCount, (header) => frames.matches(entry, header))
    const length = payload.length / elementBytes[this.#contents.data.elementType]
    const values =
      this.#contents.data.elementType === 'int16'
        ? new Int16Array(payload.buffer, payload.byteOffset, length)
        : new Float32Array(payload.buffer, payload.byteOffset, length)
    return { values, firstSample: segment.firstSample + firstSample, sampleCount }
  }

  #segmentOf(sample: number): OpenSegment {
    const { segments } = this.#contents
    let low = 0
    let high = segments.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (segments[middle]!.firstSample <= sample) low = middle
      else high = middle - 1
    }
    return segments[low]!
  }

  /** From the index beside the segment; where that does not hold what the manifest says, from the segment itself. */
  #framesOf(segment: OpenSegment): FrameList {
    if (segment.frames) return segment.frames
    const { folder } = this.#contents
    let { frames } = scanSegment(folder, segment.file, { usesIndex: true, checksUnsettled: false })
    if (frames.totalSamples !== segment.samples)
      frames = scanSegment(folder, segment.file, { usesIndex: false, checksUnsettled: false }).frames
    if (frames.totalSamples !== segment.samples)
      throw new RecordingError(
        join(folder, segment.file),
        `holds ${frames.totalSamples} whole samples instead of the ${segment.samples} it was closed with; verify the session`
      )
    segment.frames = frames
    this.#loaded.push(segment)
    if (this.#loaded.length > framesMax) this.#loaded.shift()!.frames = null
    return frames
  }

  async #payload(
    file: string,
    offset: number,
    sampleCount: number,
    isExpected: (header: FrameHeader | null) => boolean
  ): Promise<Buffer> {
    const kept = this.#kept.findIndex((frame) => frame.offset === offset && frame.file === file)
    if (kept >= 0) return this.#kept[kept]!.payload
    const path = join(this.#contents.folder, file)
    const damaged = (what: string): never => {
      throw new RecordingError(path, `byte ${offset}: ${what}; verify the session to see what else is damaged`)
    }
    const handle = await this.#handle(file)
    const { data } = this.#contents
    const length = sampleCount * data.channelCount * elementBytes[data.elementType]
    // In one read, and never more than the file has: an index may claim any number of samples.
    const left = length > cautiousBytes ? Math.max(0, (await handle.stat()).size - offset) : Infinity
    const bytes = Buffer.from(new ArrayBuffer(Math.min(left, frameHeaderBytes + length)))
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset)
    const header = decodeFrameHeader(bytes.subarray(0, Math.min(bytesRead, frameHeaderBytes)))
    if (!header || !isExpected(header)) damaged('there is no whole frame header')
    const { payloadBytes, payloadCrc, channelCount, element } = header!
    if (channelCount !== data.channelCount || element !== data.elementType)
      damaged(
        `a block of ${channelCount} channels of ${element} in a session of ${data.channelCount} of ${data.elementType}`
      )
    if (bytesRead < frameHeaderBytes + payloadBytes) damaged('the file ends in the middle of a frame')
    const payload = bytes.subarray(frameHeaderBytes, frameHeaderBytes + payloadBytes)
    if (crc32(payload) !== payloadCrc) damaged('the samples of this frame do not match their sum')
    this.#keep({ file, offset, payload })
    return payload
  }

  #keep(frame: KeptFrame): void {
    this.#kept.push(frame)
    let bytes = this.#kept.reduce((sum, { payload }) => sum + payload.length, 0)
    while (this.#kept.length > 1 && bytes > keptBytes) bytes -= this.#kept.shift()!.payload.length
  }

  async #handle(file: string): Promise<FileHandle> {
    const known = this.#handles.get(file)
    if (known) return known
    const handle = await open(join(this.#contents.folder, file), 'r')
    this.#handles.set(file, handle)
    if (this.#handles.size > handlesMax) {
      const [oldest] = this.#handles.keys()
      const old = this.#handles.get(oldest!)!
      this.#handles.delete(oldest!)
      await old.close()
    }
    return handle
  }
}
