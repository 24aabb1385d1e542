import { randomInt } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { z } from 'zod'
import { createSerialWriter, readVersionedJson } from '../storage/atomicFile.ts'

const record = z.object({
  jobId: z.string(),
  slot: z.number().int(),
  sequence: z.number().int(),
  /** Body of `/configure`, as it came. */
  request: z.unknown(),
  /** What was answered, which `/metadata` answers again. */
  answer: z.record(z.string(), z.unknown()),
  port: z.number().int(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
  /** Sample at which the first client came; null before. */
  originSample: z.number().nullable(),
  /** Null while it is open. */
  end: z.enum(['completed', 'cancelled']).nullable()
})
export type JobRecord = z.infer<typeof record>

const contents = z.object({ version: z.literal(1), nextSequence: z.number().int(), jobs: z.array(record) })

/** Ended ones that are kept, as a record of what ran. */
const endedKept = 200

/** The server's durable records: what was asked, what was answered, how it ended. */
export interface JobStore {
  readonly restored: JobRecord[]
  readonly warning: string | null
  nextSequence(): number
  /** Resolves when it is on the disk, or when that failed (`onError` was told). */
  put(record: JobRecord): Promise<void>
  settled(): Promise<void>
}

/**
 * Servers on one machine share a range of stream ports: a client that comes back to a port after a restart must not find
 * another server's job under the same id there. Short enough to be said on the phone.
 */
const firstSequence = (): number => randomInt(1000, 10_000)

async function readRecords(file: string): Promise<{ nextSequence: number; jobs: JobRecord[]; warning: string | null }> {
  const empty = { nextSequence: firstSequence(), jobs: [] }
  const read = await readVersionedJson(file, 1)
  if (read.state === 'absent') return { ...empty, warning: null }
  const parsed = read.state === 'read' ? contents.safeParse(read.value) : null
  if (parsed?.success) return { ...parsed.data, warning: null }
  const aside = `${file}.damaged-${Date.now()}`
  await rename(file, aside)
  return {
    ...empty,
    warning: `The job records could not be read; they are kept as ${aside.split('/').at(-1)} and begun anew.`
  }
}

/** `file` null: nothing is kept beyond the process. */
export async function openJobStore(file: string | null, onError: (error: unknown) => void): Promise<JobStore> {
  const read = file === null ? { nextSequence: firstSequence(), jobs: [], warning: null } : await readRecords(file)
  const writer = file === null ? null : createSerialWriter(file, 1, onError)
  const jobs = new Map(read.jobs.map((entry) => [entry.jobId, entry]))
  let next = read.nextSequence

  function save(): Promise<void> {
    const ended = [...jobs.values()].filter((entry) => entry.end !== null)
    for (const entry of ended.slice(0, Math.max(0, ended.length - endedKept))) jobs.delete(entry.jobId)
    return writer?.write({ nextSequence: next, jobs: [...jobs.values()] }) ?? Promise.resolve()
  }

  return {
    restored: read.jobs.filter((entry) => entry.end === null),
    warning: read.warning,
    nextSequence: () => next++,
    put(entry) {
      jobs.set(entry.jobId, entry)
      return save()
    },
    settled: () => writer?.settled() ?? Promise.resolve()
  }
}
