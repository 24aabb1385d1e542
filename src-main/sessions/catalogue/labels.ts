import { sessionLabels, type SessionLabels } from '../../../src-preload/contract/sessions.ts'
import { labelsFile } from '../../recordings/session/paths.ts'
import { readVersionedJson, writeFileAtomic } from '../../storage/atomicFile.ts'

const labelsVersion = 1
const storedLabels = sessionLabels.partial()

/** What the operator said of a session since it was captured; nothing where the file is missing or damaged. */
export async function readLabels(folder: string): Promise<Partial<SessionLabels>> {
  const read = await readVersionedJson(labelsFile(folder), labelsVersion)
  return read.state === 'read' ? definedOf(storedLabels.safeParse(read.value).data ?? {}) : {}
}

export async function writeLabels(folder: string, labels: Partial<SessionLabels>): Promise<void> {
  await writeFileAtomic(labelsFile(folder), `${JSON.stringify({ version: labelsVersion, ...labels }, null, 1)}\n`)
}

/** Without the fields that a caller left out by `undefined`. */
export function definedOf(labels: {
  [Key in keyof SessionLabels]?: SessionLabels[Key] | undefined
}): Partial<SessionLabels> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined)) as Partial<SessionLabels>
}
