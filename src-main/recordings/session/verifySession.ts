import { open, readdir, readFile, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from './crc32.ts'
import { decodeFrameHeader, frameHeaderBytes, type FrameHeader } from './frame.ts'
import { decodeIndex, FrameList } from './frameList.ts'
import { readManifest, type SegmentSummary, type SessionManifest } from './manifest.ts'
import { indexName, lockName, manifestName, segmentNames, segmentNumber } from './paths.ts'

export interface SessionProblem {
  file: string
  /** Byte in the file; null where the whole file is meant. */
  offset: number | null
  message: string
}

export interface SessionVerification {
  whole: boolean
  frames: number
  bytes: number
  samples: number
  gaps: number
  problems: SessionProblem[]
  /** Beyond those that are listed. */
  furtherProblems: number
}

export interface VerifyOptions {
  onProgress?: (doneBytes: number, totalBytes: number) => void
  signal?: AbortSignal
}

const problemsMax = 1000
const windowBytes = 4 * 1024 * 1024

/** Sequential reading in large pieces, one buffer for all. */
class Window {
  readonly #handle: FileHandle
  readonly #buffer = Buffer.alloc(windowBytes)
  #at = 0
  #length = 0

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  /** Up to `length` bytes from `offset`, fewer at the end of the file or of the window; valid until the next call. */
  async bytes(offset: number, length: number): Promise<Buffer> {
    const wanted = Math.min(length, windowBytes)
    if (offset < this.#at || offset + wanted > this.#at + this.#length) {
      this.#at = offset
      this.#length = (await this.#handle.read(this.#buffer, 0, windowBytes, offset)).bytesRead
    }
    return this.#buffer.subarray(offset - this.#at, Math.min(this.#length, offset - this.#at + wanted))
  }

  async sumOf(offset: number, length: number): Promise<number> {
    let sum = 0
    for (let done = 0; done < length;) {
      const piece = await this.bytes(offset + done, length - done)
      if (piece.length === 0) break
      sum = crc32(piece, sum)
      done += piece.length
    }
    return sum
  }
}

/**
 * Reads every frame of a session and checks every sum, the order of the frames, and that manifest and index say the same.
 * Reads whatever state the folder is in; throws only what the file system throws for the folder itself.
 */
export async function verifySession(folder: string, options: VerifyOptions = {}): Promise<SessionVerification> {
  const verifier = new Verifier(folder, options)
  return verifier.run()
}

class Verifier {
  readonly #folder: string
  readonly #options: VerifyOptions
  readonly #result: SessionVerification
  #manifest: SessionManifest | null = null
  #doneBytes = 0
  #totalBytes = 0
  #nextFrame: number | null = null
  #isRecording = false

  constructor(folder: string, options: VerifyOptions) {
    this.#folder = folder
    this.#options = options
    this.#result = { whole: true, frames: 0, bytes: 0, samples: 0, gaps: 0, problems: [], furtherProblems: 0 }
  }

  async run(): Promise<SessionVerification> {
    const entries = await readdir(this.#folder)
    const read = await readManifest(this.#folder)
    if ('problem' in read) this.#problem(manifestName, null, read.problem)
    else this.#manifest = read.manifest
    const manifest = this.#manifest
    this.#isRecording = entries.includes(lockName) && manifest?.state === 'recording'
    if (manifest?.state === 'recording' && !this.#isRecording)
      this.#problem(manifestName, null, 'the session was not closed by its writer, which is gone')
    const listed = new Map(manifest?.segments.map((segment) => [segment.file, segment]) ?? [])
    const first = manifest?.segments[0] ? segmentNumber(manifest.segments[0].file)! : 0
    const names = segmentNames(entries).filter((name) => segmentNumber(name)! >= first)
    for (const name of listed.keys()) if (!names.includes(name)) this.#problem(name, null, 'is missing')
    for (const name of names) this.#totalBytes += (await stat(join(this.#folder, name))).size
    if (names.length === 0 && manifest?.state !== 'closed') this.#problem(manifestName, null, 'there are no segments')
    for (const name of names) {
      if (this.#options.signal?.aborted) break
      await this.#segment(name, listed.get(name) ?? null)
    }
    this.#result.whole = this.#result.problems.length === 0
    return this.#result
  }

  #problem(file: string, offset: number | null, message: string): void {
    if (this.#result.problems.length < problemsMax) this.#result.problems.push({ file, offset, message })
    else this.#result.furtherProblems++
  }

  async #segment(name: string, summary: SegmentSummary | null): Promise<void> {
    const handle = await open(join(this.#folder, name), 'r')
    try {
      const size = summary?.bytes ?? (await handle.stat()).size
      const frames = await this.#frames(name, handle, size)
      if (summary) this.#compare(name, summary, frames, (await handle.stat()).size)
      if (summary) await this.#index(name, frames)
    } finally {
      await handle.close()
    }
  }

  async #frames(name: string, handle: FileHandle, size: number): Promise<FrameList> {
    const window = new Window(handle)
    const frames = new FrameList()
    let offset = 0
    while (offset < size && !this.#options.signal?.aborted) {
      const header = decodeFrameHeader(await window.bytes(offset, frameHeaderBytes))
      if (!header || offset + frameHeaderBytes + header.payloadBytes > size) {
        const next = await this.#nextHeader(window, offset + 1, size)
        // The end of a segment that is being written is no damage.
        if (next === null && this.#isRecording) break
        const end = next ?? size
        const what = header ? 'the frame is cut off' : 'there is no whole frame header'
        this.#problem(name, offset, `${what}; ${end - offset} bytes cannot be read`)
        this.#nextFrame = null
        offset = end
        continue
      }
      await this.#frame(name, offset, header, window)
      frames.add({ ...header, offset })
      offset += frameHeaderBytes + header.payloadBytes
      this.#doneBytes += frameHeaderBytes + header.payloadBytes
      this.#options.onProgress?.(this.#doneBytes, this.#totalBytes)
    }
    this.#result.bytes += offset
    this.#result.frames += frames.count
    this.#result.samples += frames.totalSamples
    return frames
  }

  async #frame(name: string, offset: number, header: FrameHeader, window: Window): Promise<void> {
    const sum = await window.sumOf(offset + frameHeaderBytes, header.payloadBytes)
    if (sum !== header.payloadCrc) this.#problem(name, offset, `frame ${header.frame} does not match its sum`)
    if (header.kind === 'gap') this.#result.gaps++
    if (header.kind === 'description') return
    if (this.#nextFrame !== null && header.frame !== this.#nextFrame)
      this.#problem(name, offset, `frame ${header.frame} where frame ${this.#nextFrame} should follow`)
    this.#nextFrame = (header.frame + 1) >>> 0
    const { data } = this.#manifest ?? {}
    if (!data || header.kind !== 'data') return
    if (header.channelCount !== data.channelCount || header.element !== data.elementType)
      this.#problem(name, offset, `a block of ${header.channelCount} channels of ${header.element}`)
  }

  #compare(name: string, summary: SegmentSummary, frames: FrameList, size: number): void {
    if (size > summary.bytes)
      this.#problem(name, summary.bytes, `${size - summary.bytes} bytes follow after the end that ${manifestName} says`)
    if (size < summary.bytes) this.#problem(name, size, `${summary.bytes - size} bytes are missing at the end`)
    if (frames.count !== summary.frames || frames.totalSamples !== summary.samples)
      this.#problem(
        name,
        null,
        `holds ${frames.count} frames and ${frames.totalSamples} samples where ${manifestName} says ${summary.frames} and ${summary.samples}`
      )
  }

  async #index(name: string, frames: FrameList): Promise<void> {
    const file = indexName(name)
    const index = await readFile(join(this.#folder, file)).then(decodeIndex, () => null)
    if (!index) return this.#problem(file, null, 'is missing; it is made anew when the session is opened')
    let k = 0
    const isSame = (): boolean => index.at(k).offset === frames.at(k).offset && index.at(k).frame === frames.at(k).frame
    while (k < frames.count && k < index.count && isSame()) k++
    if (k < frames.count) this.#problem(file, k * 32, 'does not say where the frames are')
  }

  async #nextHeader(window: Window, from: number, end: number): Promise<number | null> {
    for (let at = from; at < end;) {
      const bytes = await window.bytes(at, windowBytes)
      if (bytes.length < frameHeaderBytes) return null
      for (let found = bytes.indexOf('WFF1'); found >= 0; found = bytes.indexOf('WFF1', found + 1))
        if (decodeFrameHeader(bytes.subarray(found, found + frameHeaderBytes))) return at + found
      at += bytes.length - frameHeaderBytes + 1
    }
    return null
  }
}
