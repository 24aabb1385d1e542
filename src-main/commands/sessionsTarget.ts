import { existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Result } from '../../src-preload/contract/errors.ts'
import type { SessionDetail, SessionSummary, Verification } from '../../src-preload/contract/sessions.ts'
import { systemClock } from '../clock.ts'
import { openRecording } from '../recordings/openRecording.ts'
import { readManifest } from '../recordings/session/manifest.ts'
import { manifestName, segmentNames } from '../recordings/session/paths.ts'
import { openCatalogue, type Catalogue } from '../sessions/catalogue/catalogue.ts'
import { readLabels, writeLabels } from '../sessions/catalogue/labels.ts'
import { summariseFolder } from '../sessions/catalogue/sessionFolders.ts'
import { detailOf } from '../sessions/catalogue/summaries.ts'
import { moveToTrashFolder } from '../sessions/catalogue/trash.ts'
import { verifyEntry } from '../sessions/catalogue/verifyEntry.ts'
import { openRemembered } from '../sessions/openRemembered.ts'
import { CommandFailure } from './runProgram.ts'

/** One session that a command is about: of the catalogue, or a folder anywhere. */
export interface NamedSession {
  readonly id: string
  readonly path: string
  show(): Promise<SessionDetail>
  rename(name: string): Promise<SessionSummary>
  deletionMessage(): Promise<string>
  delete(): Promise<void>
  verify(): Promise<Verification>
}

type OnVerify = (doneBytes: number, totalBytes: number) => void
const listeners = new WeakMap<Catalogue, OnVerify>()

export async function openCatalogueOf(dataFolder: string, onVerify: OnVerify): Promise<Catalogue> {
  const catalogue = await openCatalogue({
    dataFolder,
    openRecording: openRemembered(dataFolder),
    clock: systemClock(),
    changed: () => undefined,
    verifying: ({ doneBytes, totalBytes }) => onVerify(doneBytes, totalBytes),
    onError: (error) => void process.stderr.write(`The index of the catalogue was not written: ${String(error)}\n`)
  })
  listeners.set(catalogue, onVerify)
  return catalogue
}

export function valueOf<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value
  throw new CommandFailure(result.error.message)
}

async function isSessionFolder(path: string): Promise<boolean> {
  if (!existsSync(path) || !statSync(path).isDirectory()) return false
  const entries = await readdir(path)
  return entries.includes(manifestName) || segmentNames(entries).length > 0
}

/** By id, by name, or by folder. */
export async function findSession(catalogue: Catalogue, name: string): Promise<NamedSession> {
  const sessions = await catalogue.list({})
  const path = resolve(name)
  const known = sessions.find((session) => session.id === name || session.path === path)
  if (known) return ofCatalogue(catalogue, known)
  const named = sessions.filter((session) => session.name.toLocaleLowerCase() === name.toLocaleLowerCase())
  if (named.length > 1)
    throw new CommandFailure(
      `${named.length} sessions are called "${name}": name one by its id, ${named.map(({ id }) => id).join(' or ')}.`
    )
  if (named[0]) return ofCatalogue(catalogue, named[0])
  if (await isSessionFolder(path)) return ofFolder(path, listeners.get(catalogue) ?? (() => undefined))
  throw new CommandFailure(
    `There is no session "${name}": neither in ${catalogue.folder} nor a folder of that name. "wavefall sessions list" shows what there is.`
  )
}

function ofCatalogue(catalogue: Catalogue, { id, path }: SessionSummary): NamedSession {
  return {
    id,
    path,
    show: async () => valueOf(await catalogue.show(id)),
    rename: async (name) => valueOf(await catalogue.update(id, { name })),
    deletionMessage: async () => valueOf(await catalogue.delete(id, null)).message,
    async delete() {
      const { confirmation } = valueOf(await catalogue.delete(id, null))
      valueOf(await catalogue.delete(id, confirmation))
    },
    verify: async () => valueOf(await catalogue.verify(id))
  }
}

function ofFolder(path: string, onVerify: OnVerify): NamedSession {
  const summary = (): Promise<SessionSummary> => summariseFolder(path, openRecording)
  return {
    id: path,
    path,
    async show() {
      const recording = await openRecording(path).catch((error: unknown) => {
        throw new CommandFailure(`${error instanceof Error ? error.message : String(error)}.`)
      })
      await recording.close()
      const read = await readManifest(path)
      return detailOf(await summary(), recording.info, 'manifest' in read ? read.manifest : null)
    },
    async rename(name) {
      await writeLabels(path, { ...(await readLabels(path)), name })
      return summary()
    },
    deletionMessage: async () => `"${(await summary()).name}" goes to the trash of ${dirname(path)}.`,
    async delete() {
      if ((await summary()).state === 'recording')
        throw new CommandFailure(`${path} is being recorded: stop its capture first.`)
      await moveToTrashFolder(path, Date.now())
    },
    async verify() {
      const entry = { id: path, kind: 'session' as const, path, bytes: 0, gaps: 0 }
      return valueOf(await verifyEntry(entry, openRecording, new AbortController().signal, onVerify))
    }
  }
}
