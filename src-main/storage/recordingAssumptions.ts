import { createHash } from 'node:crypto'
import { open, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readVersionedJson, writeFileAtomic } from './atomicFile.ts'

/** What somebody said of a file that does not say it itself; the fields of `RecordingAssumptions`. */
export interface StatedOfRecording {
  sampleRateHz?: number
  channelSpacingM?: number
  firstDistanceM?: number
  startTimeNs?: bigint
  timeAxis?: 0 | 1
  unit?: string
}

export interface RecordingAssumptionStore {
  /** What was said of this file before; empty where nothing was, or the file has changed since. */
  of(path: string): Promise<StatedOfRecording>
  /** Adds to what was said of the file before. Throws where it cannot be written. */
  remember(path: string, stated: StatedOfRecording): Promise<void>
}

interface Entry {
  /** For a person who reads the file. */
  path: string
  stated: Record<string, unknown>
}

const version = 1
const headBytes = 64 * 1024
/** The oldest go first. */
const mostEntries = 2000
/** Folders are known by the document that describes them. */
const folderDocuments = ['zarr.json', '.zmetadata', '.zarray', '.zgroup']

/**
 * Remembers by what a file is, not by where it lies, so that a moved or renamed file keeps what was said of it: the length
 * and the first 64 KiB (of a folder, its describing document and its place). Kept in `recording-assumptions.json` of the
 * data folder; several processes may read and write it, the last write wins.
 */
export function recordingAssumptionStore(dataFolder: string): RecordingAssumptionStore {
  const file = join(dataFolder, 'recording-assumptions.json')
  let tail: Promise<unknown> = Promise.resolve()

  const entries = async (): Promise<Record<string, Entry>> => {
    const read = await readVersionedJson(file, version)
    if (read.state !== 'read') return {}
    const { files } = read.value as { files?: unknown }
    return typeof files === 'object' && files !== null ? (files as Record<string, Entry>) : {}
  }

  return {
    async of(path) {
      const known = await entries()
      if (Object.keys(known).length === 0) return {}
      const identity = await identityOf(path)
      return identity === null ? {} : statedOf(known[identity]?.stated)
    },
    remember(path, stated) {
      const write = async (): Promise<void> => {
        const identity = await identityOf(path)
        if (identity === null) throw new Error(`${path}: cannot be read, so what was said of it cannot be kept`)
        const known = await entries()
        const merged = { ...statedOf(known[identity]?.stated), ...stated }
        const { [identity]: _, ...others } = known
        const kept = Object.entries(others).slice(-(mostEntries - 1))
        const files = Object.fromEntries([...kept, [identity, { path: resolve(path), stated: asJson(merged) }]])
        await writeFileAtomic(file, `${JSON.stringify({ version, files }, null, 2)}\n`)
      }
      const written = tail.then(write)
      tail = written.catch(() => undefined)
      return written
    }
  }
}

async function identityOf(path: string): Promise<string | null> {
  try {
    const { size, ...status } = await stat(path)
    const hash = createHash('sha256')
    if ((status.mode & 0o170000) === 0o040000) {
      for (const name of folderDocuments) {
        const document = await readFile(join(path, name)).catch(() => null)
        if (document) hash.update(name).update(document)
      }
      return `folder-${hash.update(resolve(path)).digest('hex')}`
    }
    const handle = await open(path, 'r')
    try {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(headBytes), 0, headBytes, 0)
      return `${size}-${hash.update(buffer.subarray(0, bytesRead)).digest('hex')}`
    } finally {
      await handle.close()
    }
  } catch {
    // A file that is not there says so when it is opened.
    return null
  }
}

const asJson = ({ startTimeNs, ...rest }: StatedOfRecording): Record<string, unknown> => ({
  ...rest,
  ...(startTimeNs === undefined ? {} : { startTimeNs: String(startTimeNs) })
})

/** What was kept, field by field: a wrong one is left out, whoever wrote it. */
function statedOf(value: unknown): StatedOfRecording {
  if (typeof value !== 'object' || value === null) return {}
  const fields = value as Record<string, unknown>
  const stated: StatedOfRecording = {}
  const { sampleRateHz, channelSpacingM, firstDistanceM, startTimeNs, timeAxis, unit } = fields
  const isPositive = (number: unknown): number is number => typeof number === 'number' && number > 0
  if (isPositive(sampleRateHz)) stated.sampleRateHz = sampleRateHz
  if (isPositive(channelSpacingM)) stated.channelSpacingM = channelSpacingM
  if (typeof firstDistanceM === 'number') stated.firstDistanceM = firstDistanceM
  if (typeof startTimeNs === 'string' && /^-?\d{1,19}$/.test(startTimeNs)) stated.startTimeNs = BigInt(startTimeNs)
  if (timeAxis === 0 || timeAxis === 1) stated.timeAxis = timeAxis
  if (typeof unit === 'string') stated.unit = unit
  return stated
}
