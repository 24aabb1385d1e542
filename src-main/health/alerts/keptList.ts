import { copyFile, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { z } from 'zod'
import type { Clock } from '../../clock.ts'
import { createSerialWriter, readVersionedJson } from '../../storage/atomicFile.ts'

export interface KeptLists<Lists extends Record<string, unknown[]>> {
  readonly lists: Lists
  /** What was wrong when it was read, with where the file was put; empty where it was sound. */
  readonly problem: string
  save(lists: Lists): Promise<void>
  settled(): Promise<void>
}

/**
 * Lists of a small versioned file, each entry checked by its schema. A file that cannot be read is put aside and told; one
 * with entries that are wrong is copied aside, and what is right is used.
 */
export async function openKeptLists<Lists extends Record<string, unknown[]>>(
  file: string,
  schemas: { [Name in keyof Lists]: z.ZodType<Lists[Name][number]> },
  clock: Clock,
  onWriteError: (error: unknown) => void
): Promise<KeptLists<Lists>> {
  const version = 1
  const read = await readVersionedJson(file, version)
  const stamp = new Date(clock.nowMs()).toISOString().replace(/[:.]/g, '-')
  const aside = join(dirname(file), basename(file).replace(/\.json$/, `.damaged-${stamp}.json`))
  const value = read.state === 'read' ? (read.value as Record<string, unknown>) : {}
  let wrong = 0
  const lists = Object.fromEntries(
    Object.entries(schemas).map(([name, schema]: [string, z.ZodType]) => {
      const listed = value[name]
      if (listed !== undefined && !Array.isArray(listed)) wrong++
      const entries = (Array.isArray(listed) ? listed : []).flatMap((entry) => {
        const parsed = schema.safeParse(entry)
        if (!parsed.success) wrong++
        return parsed.success ? [parsed.data] : []
      })
      return [name, entries]
    })
  ) as Lists

  let problem = ''
  if (read.state === 'damaged' || wrong > 0) {
    const kept = await (read.state === 'damaged' ? rename : copyFile)(file, aside).then(
      () => ` The file as it was is kept as ${basename(aside)}.`,
      () => ''
    )
    const what = read.state === 'damaged' ? `${read.reason}; defaults are used` : `has ${wrong} wrong entries, left out`
    problem = `${file} ${what}.${kept}`
  }
  const writer = createSerialWriter(file, version, onWriteError)
  return { lists, problem, save: (next) => writer.write(next), settled: () => writer.settled() }
}
