import { readdir, rm, truncate, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isoFromNanoseconds } from '../../../src-preload/contract/units.ts'
import { durationNs } from '../../recordings/timeAxis.ts'
import { encodeIndex } from '../../recordings/session/frameList.ts'
import {
  encodeManifest,
  readManifest,
  type GapRecord,
  type SegmentSummary,
  type SessionManifest
} from '../../recordings/session/manifest.ts'
import {
  indexName,
  lockName,
  manifestFile,
  reserveName,
  segmentNames,
  segmentNumber
} from '../../recordings/session/paths.ts'
import { RunList } from '../../recordings/session/runs.ts'
import { scanSegment, type SegmentContents } from '../../recordings/session/segmentScan.ts'
import { writeFileAtomic } from '../../storage/atomicFile.ts'
import { hasWriter } from './sessionLock.ts'

export interface Recovery {
  samples: number
  cutBytes: number
  reason: string
}

/**
 * Puts a session in order that was not closed: the end is cut at a whole frame, segments and manifest say what is there.
 * Null where there is nothing to do: closed already, being written, or without a manifest that can be read.
 */
export async function recoverSession(folder: string): Promise<Recovery | null> {
  const read = await readManifest(folder)
  if ('problem' in read || read.manifest.state !== 'recording' || (await hasWriter(folder))) return null
  const { manifest } = read
  const first = manifest.segments[0] ? segmentNumber(manifest.segments[0].file)! : 0
  const listed = new Set(manifest.segments.map(({ file }) => file))
  let cutBytes = 0
  let lostAtEnd: GapRecord | null = null
  for (const name of segmentNames(await readdir(folder))) {
    if (listed.has(name)) continue
    const contents = scanSegment(folder, name, { usesIndex: true, checksUnsettled: true })
    cutBytes += contents.fileBytes - contents.endOffset
    if (segmentNumber(name)! < first || contents.frames.totalSamples === 0) {
      await removeSegment(folder, name)
      continue
    }
    if (contents.fileBytes > contents.endOffset) await truncate(join(folder, name), contents.endOffset)
    await writeFileAtomic(join(folder, indexName(name)), encodeIndex(contents.frames))
    manifest.segments.push(summaryOf(name, contents, manifest))
    lostAtEnd = cutGap(contents, manifest)
  }
  const endNs = manifest.segments.at(-1)?.endTimeNs ?? null
  const reason =
    'The capture ended without being closed, as when the program or the power fails.' +
    (endNs === null
      ? ' No block had been written.'
      : ` Everything up to ${isoFromNanoseconds(BigInt(endNs))} is there.`)
  const closedAtNs = endNs ?? manifest.createdAtNs
  const recovered: SessionManifest = { ...manifest, state: 'recovered', reason, lostAtEnd, closedAtNs }
  await writeFileAtomic(manifestFile(folder), encodeManifest(recovered))
  for (const name of [lockName, reserveName]) await unlink(join(folder, name)).catch(() => undefined)
  const samples = manifest.segments.reduce((sum, segment) => sum + segment.samples, 0)
  return { samples, cutBytes, reason }
}

async function removeSegment(folder: string, name: string): Promise<void> {
  for (const file of [name, indexName(name)]) await rm(join(folder, file), { force: true })
}

function summaryOf(file: string, contents: SegmentContents, { data }: SessionManifest): SegmentSummary {
  const { frames, gaps, endOffset } = contents
  const runs = new RunList(data.sampleIntervalNs)
  let blocks = 0
  for (let k = 0; k < frames.count; k++) {
    const { kind, startNs, sampleCount } = frames.at(k)
    if (kind !== 'data') continue
    blocks++
    runs.add(startNs, sampleCount)
  }
  return {
    file,
    firstFrame: frames.at(0).frame,
    frames: frames.count,
    blocks,
    samples: runs.samples,
    bytes: endOffset,
    startTimeNs: runs.runs[0]?.startTimeNs.toString() ?? null,
    endTimeNs: runs.endNs?.toString() ?? null,
    runs: runs.runs.map(({ firstIndex, startTimeNs }) => ({
      firstSample: firstIndex,
      startTimeNs: startTimeNs.toString()
    })),
    gaps
  }
}

/** The block that was being written when it ended, where its header tells its times. */
function cutGap({ cutFrame }: SegmentContents, { data }: SessionManifest): GapRecord | null {
  if (cutFrame?.kind !== 'data') return null
  const endNs = cutFrame.startNs + durationNs(cutFrame.sampleCount, data.sampleIntervalNs)
  return {
    startTimeNs: String(cutFrame.startNs),
    endTimeNs: String(endNs),
    firstSequence: cutFrame.sequence,
    lastSequence: cutFrame.sequence,
    reason: 'the capture ended while this block was being written'
  }
}

/** The writer of these sessions is known to be gone, though its process lives: a thread that was lost. */
export async function recoverAbandoned(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const read = await readManifest(folder)
    if ('problem' in read || read.manifest.state !== 'recording') continue
    await unlink(join(folder, lockName)).catch(() => undefined)
    // A disk that is full to the last byte: the next start tries again.
    await recoverSession(folder).catch(() => null)
  }
}
