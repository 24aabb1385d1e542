import { z } from 'zod'
import { endedStates, type JobRequest, type JobSnapshot } from '../../src-preload/contract/schemas.ts'
import { historyEntry, type HistoryEntry } from '../../src-preload/contract/workbench.ts'
import { openKeptFile, type KeptFileOptions } from './keptFile.ts'

export interface JobHistory {
  /** Newest first. */
  list(limit: number): HistoryEntry[]
  /** Called with every snapshot of every job: cheap unless one begins or ends. */
  jobChanged(job: JobSnapshot): void
  /** Removes what has ended. */
  clear(): void
  settled(): Promise<void>
}

export type JobHistoryOptions = Omit<KeptFileOptions<{ entries: HistoryEntry[] }>, 'parse' | 'version'> & {
  changed(entry: HistoryEntry | null): void
  /** The oldest go first. */
  most?: number
}

const keptHistory = z.object({ entries: z.array(z.unknown()) })

/** Entry by entry: a wrong one is left out. */
function parseHistory(value: unknown): { entries: HistoryEntry[] } | null {
  const parsed = keptHistory.safeParse(value)
  if (!parsed.success) return null
  const entries = parsed.data.entries.flatMap((entry) => {
    const one = historyEntry.safeParse(entry)
    return one.success ? [one.data] : []
  })
  return { entries }
}

/** The same recording with the same analysis, to the same end: only the place where it begins differs. */
function isSeekOf(earlier: JobRequest, later: JobRequest): boolean {
  if (earlier.timeRange === null || later.timeRange === null) return false
  if (earlier.timeRange.startNs === later.timeRange.startNs) return false
  const fixed = (request: JobRequest): string =>
    JSON.stringify({ ...request, timeRange: { ...request.timeRange, startNs: '0' } })
  return fixed(earlier) === fixed(later)
}

const withEnd = (entry: HistoryEntry, { state, reason, endedAtNs, statistics }: JobSnapshot): HistoryEntry => ({
  ...entry,
  outcome: endedStates.has(state) ? state : 'running',
  reason: reason.slice(0, 1000),
  endedAtNs,
  rows: statistics.rows,
  gaps: statistics.gaps,
  lostBlocks: statistics.lostBlocks
})

/** What was opened when, with what and how it ended; kept in the data folder. */
export async function openJobHistory(options: JobHistoryOptions): Promise<JobHistory> {
  const { changed, most = 500 } = options
  const file = await openKeptFile({ ...options, version: 1, parse: parseHistory })
  /** Oldest first. */
  let entries: HistoryEntry[] = (file.initial?.entries ?? []).map((entry) =>
    entry.outcome === 'running'
      ? { ...entry, outcome: 'interrupted', reason: 'The program ended without closing it.' }
      : entry
  )
  /** The line of each job of this run that has not ended. */
  const open = new Map<string, string>()
  const ended = new Set<string>()

  function put(entry: HistoryEntry): void {
    const isKnown = entries.some(({ id }) => id === entry.id)
    entries = isKnown
      ? entries.map((known) => (known.id === entry.id ? entry : known))
      : [...entries, entry].slice(-most)
    file.write({ entries })
    changed(entry)
  }

  function begin(job: JobSnapshot): void {
    const played = entries.at(-1)
    const continues = played && played.openedAtNs >= startedOf(job) && isSeekOf(played.request, job.request)
    const entry: HistoryEntry = continues
      ? { ...played, jobId: job.id, request: job.request, seeks: played.seeks + 1 }
      : {
          id: `${job.createdAtNs}-${job.id}`,
          jobId: job.id,
          request: job.request,
          openedAtNs: job.createdAtNs,
          endedAtNs: null,
          outcome: 'running',
          reason: '',
          rows: 0,
          gaps: 0,
          lostBlocks: 0,
          seeks: 0
        }
    open.set(job.id, entry.id)
    put(withEnd(entry, job))
  }

  return {
    list: (limit) => entries.slice(-limit).reverse(),
    jobChanged(job) {
      if (ended.has(job.id)) return
      if (!open.has(job.id)) begin(job)
      if (!endedStates.has(job.state)) return
      const entry = entries.find(({ id }) => id === open.get(job.id))
      open.delete(job.id)
      ended.add(job.id)
      if (ended.size > 2000) ended.delete(ended.values().next().value!)
      // A line that went on with a later job tells that one's end.
      if (entry?.jobId === job.id) put(withEnd(entry, job))
    },
    clear() {
      entries = entries.filter(({ outcome }) => outcome === 'running')
      file.write({ entries })
      changed(null)
    },
    settled: () => file.settled()
  }
}

/** A seek follows what it leaves within hours, not days: the same recording opened tomorrow is a line of its own. */
const startedOf = (job: JobSnapshot): string => String(BigInt(job.createdAtNs) - 12n * 3600_000_000_000n)
