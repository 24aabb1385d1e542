import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { z } from 'zod'
import { sessionSummary, type SessionLabels, type SessionSummary } from '../../../src-preload/contract/sessions.ts'
import type { RecordingInfo } from '../../recordings/recording.ts'
import { createSerialWriter, readVersionedJson } from '../../storage/atomicFile.ts'
import { summaryOfInfo } from './summaries.ts'

const fileVersion = 1
/** The oldest go. */
const filesMax = 500

export const fileId = (path: string): string =>
  `file-${createHash('sha256').update(resolve(path)).digest('hex').slice(0, 16)}`

/** Recording files that were opened: what they are is kept, the files stay where they are. */
export interface OpenedFiles {
  list(): Promise<SessionSummary[]>
  note(path: string, info: RecordingInfo, nowNs: bigint): Promise<SessionSummary>
  label(id: string, labels: Partial<SessionLabels>): SessionSummary | null
  picture(id: string, thumbnail: SessionSummary['thumbnail']): void
  /** From the list alone. */
  forget(id: string): boolean
  settled(): Promise<void>
}

const sizeOf = (path: string): Promise<number | null> =>
  stat(path).then(
    ({ size }) => size,
    () => null
  )

export async function openOpenedFiles(file: string, onError: (error: unknown) => void): Promise<OpenedFiles> {
  const read = await readVersionedJson(file, fileVersion)
  const stored = z.object({ files: z.array(sessionSummary) })
  const known = read.state === 'read' ? stored.safeParse(read.value).data?.files : undefined
  const files = new Map((known ?? []).map((summary) => [summary.id, summary]))
  const writer = createSerialWriter(file, fileVersion, onError)
  const write = (): void => void writer.write({ files: [...files.values()] })

  const change = (id: string, fields: Partial<SessionSummary>): SessionSummary | null => {
    const before = files.get(id)
    if (!before) return null
    const after = { ...before, ...fields }
    files.set(id, after)
    write()
    return after
  }

  return {
    list: () =>
      Promise.all(
        [...files.values()].map(async (summary) => {
          const size = await sizeOf(summary.path)
          if (size !== null) return summary
          const problem = `${summary.path} is not there any more.`
          return { ...summary, state: 'missing' as const, problem }
        })
      ),
    async note(path, info, nowNs) {
      const id = fileId(path)
      const before = files.get(id)
      const words = { name: basename(path), place: '', notes: '', tags: [], keep: false }
      const { name, place, notes, tags, keep } = before ?? words
      const summary = summaryOfInfo(info, {
        ...{ name, place, notes, tags, keep },
        id,
        kind: 'file',
        path: resolve(path),
        state: 'closed',
        bytes: (await sizeOf(path)) ?? 0,
        changedAtNs: nowNs.toString()
      })
      files.delete(id)
      files.set(id, { ...summary, thumbnail: before?.thumbnail ?? null })
      for (const oldest of [...files.keys()].slice(0, Math.max(0, files.size - filesMax))) files.delete(oldest)
      write()
      return summary
    },
    label: (id, labels) => change(id, labels),
    picture: (id, thumbnail) => void change(id, { thumbnail }),
    forget(id) {
      const isKnown = files.delete(id)
      if (isKnown) write()
      return isKnown
    },
    settled: () => writer.settled()
  }
}
