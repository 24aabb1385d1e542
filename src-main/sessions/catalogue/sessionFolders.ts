import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { SessionSummary } from '../../../src-preload/contract/sessions.ts'
import type { OpenRecording } from './catalogue.ts'
import { readManifest } from '../../recordings/session/manifest.ts'
import { labelsFile, manifestFile, manifestName, segmentNames } from '../../recordings/session/paths.ts'
import { recoverSession } from '../capture/recoverSession.ts'
import { hasWriter } from '../capture/sessionLock.ts'
import { readLabels } from './labels.ts'
import { summaryOfInfo, summaryOfManifest } from './summaries.ts'

/** What changes when a session does: times and sizes of its two small files. */
export async function stampOf(folder: string): Promise<string> {
  const parts = await Promise.all(
    [manifestFile(folder), labelsFile(folder)].map((file) =>
      stat(file).then(
        ({ mtimeMs, size }) => `${mtimeMs}:${size}`,
        () => '-'
      )
    )
  )
  return parts.join(' ')
}

/** Folders below one that hold a session. */
export async function sessionFoldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  const found = await Promise.all(
    folders.map(async ({ name }) => {
      const path = join(folder, name)
      const names = await readdir(path).catch((): string[] => [])
      return names.includes(manifestName) || segmentNames(names).length > 0 ? path : null
    })
  )
  return found.filter((path) => path !== null)
}

export async function segmentBytesOf(folder: string): Promise<number> {
  const names = segmentNames(await readdir(folder).catch(() => []))
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0
      )
    )
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** What a session's folder holds; one that its writer left open is put in order first. Never rejects for what is in it. */
export async function summariseFolder(folder: string, openRecording: OpenRecording): Promise<SessionSummary> {
  await recoverSession(folder).catch(() => null)
  const labels = await readLabels(folder)
  const read = await readManifest(folder)
  if ('manifest' in read) {
    const isWritten = await hasWriter(folder)
    const summary = await summaryOfManifest(folder, read.manifest, labels, isWritten)
    // Segments that are still written are not listed yet.
    return isWritten ? { ...summary, bytes: await segmentBytesOf(folder) } : summary
  }
  const { mtimeMs } = await stat(folder)
  const about = {
    name: basename(folder),
    place: '',
    notes: '',
    tags: [],
    keep: false,
    ...labels,
    id: basename(folder),
    kind: 'session' as const,
    path: folder,
    state: 'damaged' as const,
    bytes: await segmentBytesOf(folder),
    changedAtNs: (BigInt(Math.round(mtimeMs)) * 1_000_000n).toString()
  }
  try {
    const recording = await openRecording(folder)
    await recording.close()
    return summaryOfInfo(recording.info, about)
  } catch (error) {
    const problem = `${error instanceof Error ? error.message : String(error)}.`
    return { ...unknownShape, ...about, problem }
  }
}

const unknownShape = {
  format: 'wavefall-session',
  source: null,
  startNs: null,
  endNs: null,
  channelCount: 0,
  firstChannel: null,
  channelSpacingM: null,
  sampleRateHz: null,
  samples: 0,
  unit: null,
  gaps: 0,
  gapS: 0,
  thumbnail: null
}
