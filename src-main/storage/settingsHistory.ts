import { z } from 'zod'
import { settingsVersion, type SettingsVersion } from '../../src-preload/contract/settings.ts'
import { createSerialWriter, readVersionedJson } from './atomicFile.ts'
import type { Tree } from './settingsTree.ts'

const fileVersion = 1
/** The oldest go. */
const versionsMost = 50

const storedVersion = settingsVersion.extend({ tree: z.record(z.string(), z.unknown()) })
type StoredVersion = z.infer<typeof storedVersion>

/** What the settings file said before each change, so that every change can be taken back. */
export interface SettingsHistory {
  list(): SettingsVersion[]
  /** The file as it was before the change with that id; null where it is not kept any more. */
  before(id: string): Tree | null
  add(change: string, before: Tree, atNs: bigint): void
  settled(): Promise<void>
}

export async function openSettingsHistory(file: string, onError: (error: unknown) => void): Promise<SettingsHistory> {
  const read = await readVersionedJson(file, fileVersion)
  const known = read.state === 'read' ? z.object({ versions: z.array(storedVersion) }).safeParse(read.value) : null
  let versions: StoredVersion[] = known?.success ? known.data.versions : []
  const writer = createSerialWriter(file, fileVersion, onError)
  return {
    list: () => versions.map(({ id, atNs, change }) => ({ id, atNs, change })).reverse(),
    before: (id) => versions.find((version) => version.id === id)?.tree ?? null,
    add(change, before, atNs) {
      const last = Number(versions.at(-1)?.id ?? 0)
      versions = [
        ...versions.slice(-(versionsMost - 1)),
        { id: String(last + 1), atNs: atNs.toString(), change, tree: structuredClone(before) }
      ]
      void writer.write({ versions })
    },
    settled: () => writer.settled()
  }
}
