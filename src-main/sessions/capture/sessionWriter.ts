import { mkdir, open, readdir, rm, unlink, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { RingLimit } from '../../../src-preload/contract/sessions.ts'
import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { Clock } from '../../clock.ts'
import {
  encodeManifest,
  type GapRecord,
  type SegmentDescription,
  type SegmentSummary,
  type SessionData,
  type SessionManifest,
  type SessionSource
} from '../../recordings/session/manifest.ts'
import {
  indexName,
  lockName,
  manifestFile,
  readmeName,
  reserveName,
  segmentName
} from '../../recordings/session/paths.ts'
import { readmeText } from '../../recordings/session/readmeText.ts'
import { syncFolder, writeFileAtomic } from '../../storage/atomicFile.ts'
import type { Batch } from './frameQueue.ts'
import { SegmentWriter } from './segmentWriter.ts'
import { heartbeatMs, writeLock } from './sessionLock.ts'

export interface SessionOptions {
  /** Made by this; where it is there already it must be empty. */
  folder: string
  name: string
  place: string
  notes: string
  tags: string[]
  program: string
  ring: RingLimit | null
  /** A segment ends at whichever comes first. */
  segmentBytes: number
  segmentS: number
}

/** The most that is written and not synced yet, and so that a power cut can cost of what a disk was asked to keep. */
export const commitBytes = 4 * 1024 * 1024

/** Bounds the time that an index takes to read. */
const segmentFramesMax = 65_536
const reserveBytes = 256 * 1024
/** A ring is at least so many segments, so that it forgets in small steps. */
const ringSegments = 16
const ringSegmentLeastBytes = 1024 * 1024

/** Folder of a session while it is written. One owner, which calls one method after the other, but for `sync`. */
export class SessionWriter {
  readonly folder: string
  readonly #clock: Clock
  readonly #data: SessionData
  readonly #manifest: SessionManifest
  readonly #stopHeartbeat: () => void
  readonly #segmentBytes: number
  readonly #segmentNs: number
  #segment: SegmentWriter | null = null
  #syncing: Promise<void> = Promise.resolve()
  #nextSegment = 1

  /** Rejects with what the file system says; the folder is removed again then. */
  static async create(
    options: SessionOptions,
    data: SessionData,
    source: SessionSource,
    continues: string | null,
    clock: Clock
  ): Promise<SessionWriter> {
    const { folder } = options
    const isNew = (await mkdir(folder, { recursive: true })) !== undefined
    if (!isNew && (await readdir(folder)).length > 0)
      throw Object.assign(new Error(`${folder} is there already and not empty`), { code: 'EEXIST' })
    const writer = new SessionWriter(options, data, source, continues, clock)
    try {
      await writer.#prepare()
      return writer
    } catch (error) {
      writer.#stopHeartbeat()
      if (isNew) await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  private constructor(
    options: SessionOptions,
    data: SessionData,
    source: SessionSource,
    continues: string | null,
    clock: Clock
  ) {
    const { folder, name, place, notes, tags, program, ring } = options
    this.folder = folder
    this.#clock = clock
    this.#data = data
    const ofRing = ring?.maxBytes ? Math.max(ringSegmentLeastBytes, Math.floor(ring.maxBytes / ringSegments)) : Infinity
    this.#segmentBytes = Math.min(options.segmentBytes, ofRing)
    this.#segmentNs = Math.min(options.segmentS, ring?.maxS ? ring.maxS / ringSegments : Infinity) * 1e9
    this.#manifest = {
      format: 'wavefall-session',
      version: 1,
      state: 'recording',
      reason: 'It is being recorded.',
      name,
      place,
      notes,
      tags,
      program,
      createdAtNs: clock.nowNs().toString(),
      closedAtNs: null,
      continues,
      source,
      data,
      ring,
      removedSegments: 0,
      segments: [],
      lostAtEnd: null
    }
    this.#stopHeartbeat = clock.every(heartbeatMs, () => {
      const now = new Date()
      utimes(join(folder, lockName), now, now).catch(() => undefined)
    })
  }

  get segments(): number {
    return this.#manifest.segments.length + (this.#segment ? 1 : 0)
  }

  get removedSegments(): number {
    return this.#manifest.removedSegments
  }

  /** Of what is on the disk now. */
  get bytes(): number {
    return this.#closedBytes() + (this.#segment?.bytes ?? 0)
  }

  /** Writes whole frames; a power cut could still take them. */
  async write(batch: Batch): Promise<void> {
    if (this.#segment && this.#isFull(this.#segment)) {
      await this.#syncing
      await this.#closeSegment()
    }
    this.#segment ??= await this.#openSegment()
    await this.#segment.write(batch, this.#data.channelCount, this.#data.elementType)
  }

  /**
   * Resolves when a power cut could not take any more what the oldest `write` without a `sync` has written. The next batch
   * may be written meanwhile; nothing else may be done.
   */
  sync(batch: Batch): Promise<void> {
    this.#syncing = this.#segment!.sync(batch)
    return this.#syncing
  }

  /** Closes the session. Rejects where even that cannot be written; what was acknowledged is there all the same. */
  async close(reason: string, lostAtEnd: GapRecord | null): Promise<void> {
    this.#stopHeartbeat()
    await unlink(join(this.folder, reserveName)).catch(() => undefined)
    if (this.#segment) {
      await this.#segment.cut()
      await this.#endSegment(this.#segment)
    }
    Object.assign(this.#manifest, { state: 'closed', reason, lostAtEnd, closedAtNs: this.#clock.nowNs().toString() })
    await this.#writeManifest()
    await unlink(join(this.folder, lockName)).catch(() => undefined)
  }

  async #prepare(): Promise<void> {
    const { folder } = this
    await writeFile(join(folder, readmeName), readmeText)
    await writeLock(folder)
    const reserve = await open(join(folder, reserveName), 'w')
    try {
      await reserve.writeFile(Buffer.alloc(reserveBytes))
      await reserve.sync()
    } finally {
      await reserve.close()
    }
    await this.#writeManifest()
    await syncFolder(dirname(folder))
  }

  #isFull(segment: SegmentWriter): boolean {
    const { startNs, endNs } = segment
    const spanNs = startNs !== null && endNs !== null ? Number(endNs - startNs) : 0
    return segment.bytes >= this.#segmentBytes || segment.frames >= segmentFramesMax || spanNs >= this.#segmentNs
  }

  async #openSegment(): Promise<SegmentWriter> {
    const number = this.#nextSegment++
    const { createdAtNs, source } = this.#manifest
    const description: SegmentDescription = {
      format: 'wavefall-session',
      version: 1,
      session: basename(this.folder),
      createdAtNs,
      segment: number,
      source,
      data: this.#data
    }
    const segment = await SegmentWriter.create(this.folder, segmentName(number), description)
    await syncFolder(this.folder)
    return segment
  }

  async #closeSegment(): Promise<void> {
    const segment = this.#segment!
    await this.#endSegment(segment)
    const removed = this.#takeOldSegments(segment.endNs)
    await this.#writeManifest()
    // Listed no more before they go: whoever reads in between misses nothing that is listed.
    for (const { file } of removed)
      for (const name of [file, indexName(file)]) await rm(join(this.folder, name), { force: true })
  }

  async #endSegment(segment: SegmentWriter): Promise<void> {
    this.#segment = null
    await segment.close()
    if (segment.frames > 0) this.#manifest.segments.push(segment.summary())
    else for (const name of [segment.name, indexName(segment.name)]) await rm(join(this.folder, name), { force: true })
  }

  /** What a ring has no more room for, before the next segment is begun; taken off the list. */
  #takeOldSegments(newestNs: Nanoseconds | null): SegmentSummary[] {
    const { ring, segments } = this.#manifest
    if (!ring) return []
    const removed: SegmentSummary[] = []
    const isTooOld = ({ endTimeNs }: SegmentSummary): boolean =>
      ring.maxS !== null &&
      newestNs !== null &&
      (endTimeNs === null || Number(newestNs - BigInt(endTimeNs)) > ring.maxS * 1e9)
    // A segment may outgrow its size by what was not synced when it was looked at.
    const next = this.#segmentBytes + commitBytes
    const isTooMuch = (): boolean => ring.maxBytes !== null && this.#closedBytes() + next > ring.maxBytes
    while (segments.length > 0 && (isTooOld(segments[0]!) || (segments.length > 1 && isTooMuch())))
      removed.push(segments.shift()!)
    this.#manifest.removedSegments += removed.length
    return removed
  }

  #closedBytes(): number {
    return this.#manifest.segments.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  #writeManifest(): Promise<void> {
    return writeFileAtomic(manifestFile(this.folder), encodeManifest(this.#manifest))
  }
}
