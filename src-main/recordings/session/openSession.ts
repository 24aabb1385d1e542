import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import { RecordingError } from '../recording.ts'
import type { FrameList } from './frameList.ts'
import {
  readManifest,
  type GapRecord,
  type SegmentSummary,
  type SessionData,
  type SessionManifest,
  type SessionSource
} from './manifest.ts'
import { annotationsName, lockName, manifestName, segmentNames, segmentNumber } from './paths.ts'
import { RunList } from './runs.ts'
import { scanSegment, type SegmentContents } from './segmentScan.ts'

/** A segment as the reader uses it; `frames` are loaded when they are first needed. */
export interface OpenSegment {
  file: string
  firstSample: number
  samples: number
  bytes: number
  runs: { firstSample: number; startTimeNs: Nanoseconds }[]
  gaps: GapRecord[]
  frames: FrameList | null
}

/** What a session's folder holds, from its manifest and, where that is silent or wrong, from the frames themselves. */
export interface SessionContents {
  folder: string
  /** Null where it had to be done without. */
  manifest: SessionManifest | null
  data: SessionData
  source: SessionSource
  createdAtNs: Nanoseconds
  /** Its writer is at work. */
  isRecording: boolean
  segments: OpenSegment[]
  samples: number
  annotations: number
  warnings: string[]
}

const listedFirst = ({ segments }: SessionManifest): number =>
  segments.length > 0 ? segmentNumber(segments[0]!.file)! : 0

/**
 * Opens a session's folder, in whatever state it is: being recorded, closed, or left behind by a writer that was killed.
 * Reads no samples but the unsettled end of a segment that was not closed. Throws `RecordingError`.
 */
export async function openSession(folder: string): Promise<SessionContents> {
  const entries = await readdir(folder)
  const names = segmentNames(entries)
  const read = await readManifest(folder)
  const warnings: string[] = []
  if ('problem' in read && /version/.test(read.problem))
    throw new RecordingError(folder, `${manifestName} ${read.problem}; open it with the program that wrote it`)
  const manifest = 'manifest' in read ? read.manifest : null
  if ('problem' in read) warnings.push(`${manifestName} ${read.problem}; what it said was taken from the segments.`)

  const isRecording = entries.includes(lockName) && manifest?.state === 'recording'
  const builder = new SegmentBuilder(folder, warnings)
  if (manifest) builder.know(manifest.data, manifest.source, BigInt(manifest.createdAtNs))
  const listed = new Map(manifest?.segments.map((segment) => [segment.file, segment]) ?? [])
  const present = new Set(names)
  for (const name of segmentNames([...new Set([...listed.keys(), ...names])])) {
    const summary = listed.get(name)
    if (!present.has(name)) builder.missing(name)
    else if (summary && (await isUnchanged(folder, summary))) builder.addListed(summary)
    else if (summary) builder.addScanned(name, 'shorter', false)
    // A ring's removed segments may have stayed behind a writer that was killed between list and removal.
    else if (!manifest || segmentNumber(name)! >= listedFirst(manifest)) builder.addScanned(name, 'open', isRecording)
  }
  const { data, source } = builder
  if (!data || !source)
    throw new RecordingError(folder, 'holds no whole session: neither its session.json nor a segment can be read')
  return {
    folder,
    manifest,
    data,
    source,
    createdAtNs: builder.createdAtNs,
    isRecording,
    segments: builder.segments,
    samples: builder.samples,
    annotations: entries.includes(annotationsName) ? await countAnnotations(folder, warnings) : 0,
    warnings
  }
}

async function countAnnotations(folder: string, warnings: string[]): Promise<number> {
  try {
    const { annotations } = JSON.parse(await readFile(join(folder, annotationsName), 'utf8')) as {
      annotations: unknown
    }
    if (Array.isArray(annotations)) return annotations.length
    warnings.push(`${annotationsName} holds no list of annotations.`)
  } catch (error) {
    warnings.push(`${annotationsName} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  return 0
}

async function isUnchanged(folder: string, { file, bytes }: SegmentSummary): Promise<boolean> {
  return (await stat(join(folder, file))).size >= bytes
}

class SegmentBuilder {
  readonly #folder: string
  readonly #warnings: string[]
  readonly segments: OpenSegment[] = []
  samples = 0
  data: SessionData | null = null
  source: SessionSource | null = null
  createdAtNs: Nanoseconds = 0n

  constructor(folder: string, warnings: string[]) {
    this.#folder = folder
    this.#warnings = warnings
  }

  know(data: SessionData, source: SessionSource, createdAtNs: Nanoseconds): void {
    this.data = data
    this.source = source
    this.createdAtNs = createdAtNs
  }

  missing(name: string): void {
    this.#warnings.push(`${name} is missing: what it held is a gap.`)
  }

  addListed({ file, samples, bytes, runs, gaps }: SegmentSummary): void {
    const times = runs.map((run) => ({ firstSample: run.firstSample, startTimeNs: BigInt(run.startTimeNs) }))
    this.#push({ file, samples, bytes, runs: times, gaps, frames: null })
  }

  addScanned(name: string, why: 'shorter' | 'open', isRecording: boolean): void {
    const contents = scanSegment(this.#folder, name, { usesIndex: true, checksUnsettled: !isRecording })
    const { description, frames, endOffset, gaps } = contents
    if (description && !this.data) this.know(description.data, description.source, BigInt(description.createdAtNs))
    this.#warnOf(name, contents, why, isRecording)
    if (!this.data || frames.totalSamples === 0) return
    const list = new RunList(this.data.sampleIntervalNs)
    for (let k = 0; k < frames.count; k++) {
      const entry = frames.at(k)
      if (entry.kind === 'data') list.add(entry.startNs, entry.sampleCount)
    }
    const runs = list.runs.map(({ firstIndex, startTimeNs }) => ({ firstSample: firstIndex, startTimeNs }))
    this.#push({ file: name, samples: list.samples, bytes: endOffset, runs, gaps, frames })
  }

  #push(segment: Omit<OpenSegment, 'firstSample'>): void {
    this.segments.push({ ...segment, firstSample: this.samples })
    this.samples += segment.samples
  }

  #warnOf(name: string, contents: SegmentContents, why: 'shorter' | 'open', isRecording: boolean): void {
    const { endOffset, fileBytes, damages, frames } = contents
    for (const { fromOffset, toOffset, message } of damages)
      if (toOffset <= endOffset)
        this.#warnings.push(`${name}, bytes ${fromOffset} to ${toOffset}: ${message}; what was there is a gap.`)
    if (why === 'shorter')
      this.#warnings.push(`${name} is shorter (${fileBytes} bytes) than when it was closed: what is missing is a gap.`)
    if (isRecording || endOffset >= fileBytes) return
    const cut = fileBytes - endOffset
    this.#warnings.push(
      `${name} ends in the middle of a block: its last ${cut} bytes, from byte ${endOffset} on, were left out` +
        `${frames.count === 0 ? ', and nothing before them is whole' : ''}.`
    )
  }
}
