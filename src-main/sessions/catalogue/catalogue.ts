import { basename, join } from 'node:path'
import { z } from 'zod'
import { failure, ok, type Result } from '../../../src-preload/contract/errors.ts'
import {
  sessionSummary,
  type SessionDetail,
  type SessionLabels,
  type SessionSummary,
  type Verification
} from '../../../src-preload/contract/sessions.ts'
import type { Clock } from '../../clock.ts'
import type { Recording } from '../../recordings/recording.ts'
import { readManifest } from '../../recordings/session/manifest.ts'
import { createSerialWriter, readVersionedJson } from '../../storage/atomicFile.ts'
import { recoverSession } from '../capture/recoverSession.ts'
import { queriedSessions, type SessionSortKey } from './catalogueQuery.ts'
import { createConfirmations } from './confirmations.ts'
import { definedOf, readLabels, writeLabels } from './labels.ts'
import { openOpenedFiles } from './openedFiles.ts'
import { sessionFoldersIn, stampOf, summariseFolder } from './sessionFolders.ts'
import { detailOf } from './summaries.ts'
import { thumbnailOf } from './thumbnail.ts'
import { moveToTrashFolder } from './trash.ts'
import { verifyEntry } from './verifyEntry.ts'

export type OpenRecording = (path: string) => Promise<Recording>

export interface CatalogueOptions {
  dataFolder: string
  openRecording: OpenRecording
  clock: Clock
  /** Desktop: the system's trash. Without it, a folder beside the session. */
  moveToTrash?: (path: string) => Promise<void>
  changed(): void
  verifying(progress: { id: string; doneBytes: number; totalBytes: number }): void
  /** The index could not be written; nothing is lost by it. */
  onError(error: unknown): void
}

export interface SessionQuery {
  search?: string
  sort?: SessionSortKey
  descending?: boolean
}

/** The sessions below the data folder and the files that were opened. Their folders are the truth, the index a memory of it. */
export interface Catalogue {
  readonly folder: string
  /** Puts sessions in order that an earlier run left open; gives those that were. */
  recover(): Promise<{ name: string; path: string; reason: string }[]>
  list(query: SessionQuery): Promise<SessionSummary[]>
  show(id: string): Promise<Result<SessionDetail>>
  update(id: string, labels: Partial<SessionLabels>): Promise<Result<SessionSummary>>
  delete(
    id: string,
    confirmation: string | null
  ): Promise<Result<{ deleted: boolean; confirmation: string | null; message: string }>>
  verify(id: string): Promise<Result<Verification>>
  reindex(): Promise<SessionSummary[]>
  /** A file was opened: it is remembered. */
  noteFile(path: string): Promise<void>
  pathOf(id: string): Promise<string | null>
  dispose(): Promise<void>
}

const indexVersion = 1
const storedIndex = z.object({
  sessions: z.array(z.object({ stamp: z.string(), summary: sessionSummary }))
})

export const sessionsFolderOf = (dataFolder: string): string => join(dataFolder, 'sessions')

export async function openCatalogue(options: CatalogueOptions): Promise<Catalogue> {
  const { dataFolder, openRecording, clock } = options
  const folder = sessionsFolderOf(dataFolder)
  const indexFile = join(folder, 'catalogue.json')
  const read = await readVersionedJson(indexFile, indexVersion)
  const stored = read.state === 'read' ? storedIndex.safeParse(read.value).data : undefined
  const known = new Map((stored?.sessions ?? []).map((entry) => [entry.summary.path, entry]))
  const index = createSerialWriter(indexFile, indexVersion, options.onError)
  const files = await openOpenedFiles(join(dataFolder, 'opened-files.json'), options.onError)
  const confirmations = createConfirmations(clock)
  const stop = new AbortController()
  let scanning: Promise<SessionSummary[]> | null = null
  let picturing: Promise<void> | null = null

  const scan = async (): Promise<SessionSummary[]> => {
    const folders = await sessionFoldersIn(folder)
    let isChanged = false
    for (const path of known.keys()) if (!folders.includes(path)) isChanged = known.delete(path)
    for (const path of folders) {
      const before = known.get(path)
      const stamp = await stampOf(path)
      const isSettled = before && before.stamp === stamp && before.summary.state !== 'recording'
      if (isSettled) continue
      const summary = await summariseFolder(path, openRecording)
      // Its picture stays while only words change.
      const isSame = before?.summary.endNs === summary.endNs && before.summary.samples === summary.samples
      known.set(path, {
        stamp: await stampOf(path),
        summary: { ...summary, thumbnail: isSame ? before.summary.thumbnail : null }
      })
      isChanged = true
    }
    if (isChanged) void index.write({ sessions: [...known.values()] })
    return [...[...known.values()].map(({ summary }) => summary), ...(await files.list())]
  }

  /** Those who ask at once get one answer. */
  const all = (): Promise<SessionSummary[]> => {
    scanning ??= scan().finally(() => (scanning = null))
    return scanning
  }

  const find = async (id: string): Promise<SessionSummary | null> =>
    (await all()).find((summary) => summary.id === id) ?? null

  const unknown = (id: string): ReturnType<typeof failure> =>
    failure('not-found', `There is no session "${id}" in the catalogue.`)

  /** Small pictures, one after the other, behind everything else. */
  const makePictures = async (sessions: SessionSummary[]): Promise<void> => {
    for (const { id, kind, path } of sessions.filter(
      ({ thumbnail, state, samples }) => !thumbnail && samples > 0 && (state === 'closed' || state === 'recovered')
    )) {
      if (stop.signal.aborted) return
      const thumbnail = await pictureOf(path, openRecording)
      if (!thumbnail) continue
      const entry = known.get(path)
      if (kind === 'file') files.picture(id, thumbnail)
      else if (entry) known.set(path, { ...entry, summary: { ...entry.summary, thumbnail } })
      if (kind === 'session') void index.write({ sessions: [...known.values()] })
      options.changed()
    }
  }
  const picture = (sessions: SessionSummary[]): void => {
    picturing ??= makePictures(sessions).finally(() => (picturing = null))
  }

  /** Not every desktop has a trash, and not every disk. */
  const trash = async (path: string): Promise<void> => {
    const isTaken = options.moveToTrash
      ? await options.moveToTrash(path).then(
          () => true,
          () => false
        )
      : false
    if (!isTaken) await moveToTrashFolder(path, clock.nowMs())
  }

  return {
    folder,
    async recover() {
      const recovered: { name: string; path: string; reason: string }[] = []
      for (const path of await sessionFoldersIn(folder)) {
        if (stop.signal.aborted) break
        const recovery = await recoverSession(path).catch(() => null)
        if (recovery) recovered.push({ name: await sessionName(path), path, reason: recovery.reason })
      }
      if (recovered.length > 0) options.changed()
      return recovered
    },
    async list(query) {
      const sessions = await all()
      picture(sessions)
      return queriedSessions(sessions, query)
    },
    async show(id) {
      const summary = await find(id)
      if (!summary) return unknown(id)
      const opened = await openedInfo(summary.path, openRecording)
      if (!opened.ok) return opened
      const manifest = summary.kind === 'session' ? await readManifest(summary.path) : { problem: '' }
      return ok(detailOf(summary, opened.value, 'manifest' in manifest ? manifest.manifest : null))
    },
    async update(id, labels) {
      const summary = await find(id)
      if (!summary) return unknown(id)
      const changes = definedOf(labels)
      if (summary.kind === 'file') return ok(files.label(id, changes) ?? summary)
      await writeLabels(summary.path, { ...(await readLabels(summary.path)), ...changes })
      const updated = (await find(id)) ?? summary
      options.changed()
      return ok(updated)
    },
    async delete(id, confirmation) {
      const summary = await find(id)
      if (!summary) return unknown(id)
      const { kind, name, path, state } = summary
      if (state === 'recording') return failure('refused', `"${name}" is being recorded: stop its capture first.`)
      const what =
        kind === 'file'
          ? `"${name}" is taken off the list; the file ${path} stays where it is.`
          : `"${name}" (${(summary.bytes / 1e6).toFixed(1)} MB) goes to the trash.`
      if (confirmation === null || !confirmations.take(id, confirmation))
        return ok({ deleted: false, confirmation: confirmations.give(id), message: what })
      if (kind === 'file') files.forget(id)
      else await trash(path)
      options.changed()
      return ok({ deleted: true, confirmation: null, message: what })
    },
    async verify(id) {
      const summary = await find(id)
      if (!summary) return unknown(id)
      return verifyEntry(summary, openRecording, stop.signal, (doneBytes, totalBytes) =>
        options.verifying({ id, doneBytes, totalBytes })
      )
    },
    async reindex() {
      await scanning
      known.clear()
      const sessions = await all()
      picture(sessions)
      options.changed()
      return sessions
    },
    async noteFile(path) {
      const opened = await openedInfo(path, openRecording)
      // What is below the folder of sessions is in the catalogue already.
      if (!opened.ok || path.startsWith(folder)) return
      await files.note(path, opened.value, clock.nowNs())
      options.changed()
    },
    pathOf: async (id) => (await find(id))?.path ?? null,
    async dispose() {
      stop.abort()
      await picturing
      await Promise.all([index.settled(), files.settled()])
    }
  }
}

async function sessionName(path: string): Promise<string> {
  const { name } = await readLabels(path)
  const read = await readManifest(path)
  return name ?? ('manifest' in read ? read.manifest.name : basename(path))
}

async function openedInfo(path: string, openRecording: OpenRecording): Promise<Result<Recording['info']>> {
  try {
    const recording = await openRecording(path)
    await recording.close()
    return ok(recording.info)
  } catch (error) {
    return failure('unreadable', `${error instanceof Error ? error.message : String(error)}.`)
  }
}

async function pictureOf(path: string, openRecording: OpenRecording): Promise<SessionSummary['thumbnail']> {
  try {
    const recording = await openRecording(path)
    return await thumbnailOf(recording).finally(() => recording.close())
  } catch {
    // A damaged part: it has no picture, and whoever opens it is told why.
    return null
  }
}
