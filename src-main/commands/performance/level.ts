import { greatest, mean, percentilesOf, type Percentiles } from './figures.ts'
import type { JobReading, LoadReading, Opening } from './jobLoad.ts'
import type { HostReading } from './hostReading.ts'

/** What one level of load came to. Percentages of CPU and memory are of the whole machine. */
export interface LevelResult {
  jobs: number
  /** Jobs that streamed, lost nothing and were not late. */
  healthy: number
  /** 0..1 */
  successRate: number
  /** Why the others were not: refused, kept waiting, failed, losing or late. */
  refused: { jobs: number; reason: string }[]
  cpuPercent: { mean: number; max: number }
  memoryPercent: number
  processes: { label: string; cpuPercent: number; rssBytes: number | null }[]
  networkMegabytesPerS: number
  rowsPerS: number
  /** Null where the core runs elsewhere, or the system does not tell. */
  diskMegabytesPerS: number | null
  ioWaitPercent: number | null
  /** End of the data → row at this client, and calls to the core. */
  latencyMs: Percentiles | null
  callMs: Percentiles | null
  lostBlocks: number
  lostRows: number
  gaps: number
  lateRows: number
  shedRows: number
  missingRows: number
  /** Oldest block that waited for analysis, ms, and the fullest queue, 0..1. */
  queue: { ageMs: number; fill: number }
}

/** Success below this is failure of the level. */
export const successLeast = 0.9

function whyUnhealthy({ job, rows, lostBlocks, lostRows, missingRows, gaps, lateRows }: JobReading): string | null {
  if (job.state !== 'streaming') return `${job.state}: ${job.reason}`
  if (lostBlocks + lostRows + missingRows + gaps > 0) return 'it lost data'
  if (rows === 0) return 'no row came'
  return lateRows > 0 ? 'rows came more than a second late' : null
}

export function levelResult(
  asked: number,
  openings: readonly Opening[],
  reading: LoadReading,
  host: HostReading | null
): LevelResult {
  const reasons = new Map<string, number>()
  const count = (sentence: string): void => {
    const reason = sentence.replace(/[.\s]+$/, '')
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  }
  for (const { refusal } of openings) if (refusal) count(`refused: ${refusal.message}`)
  let healthy = 0
  for (const job of reading.jobs) {
    const why = whyUnhealthy(job)
    if (why === null) healthy++
    else count(withoutNumbers(why))
  }
  const sum = (key: 'lostBlocks' | 'lostRows' | 'gaps' | 'lateRows' | 'shedRows' | 'missingRows' | 'rows' | 'bytes') =>
    reading.jobs.reduce((total, job) => total + job[key], 0)
  const cpu = reading.machine.map(({ cpuPercent }) => cpuPercent)
  const labels = [...new Set(reading.machine.flatMap(({ processes }) => processes.map(({ label }) => label)))]
  const queues = reading.jobs.map(({ job }) => job.statistics.queue)
  return {
    jobs: asked,
    healthy,
    successRate: asked === 0 ? 1 : healthy / asked,
    refused: [...reasons].map(([reason, jobs]) => ({ jobs, reason })).sort((a, b) => b.jobs - a.jobs),
    cpuPercent: { mean: mean(cpu), max: greatest(cpu) },
    memoryPercent: greatest(reading.machine.map(({ memoryPercent }) => memoryPercent)),
    processes: labels.map((label) => {
      const own = reading.machine.flatMap(({ processes }) => processes.filter((process) => process.label === label))
      const rss = own.flatMap(({ rssBytes }) => (rssBytes === null ? [] : [rssBytes]))
      return {
        label,
        cpuPercent: mean(own.map(({ cpuPercent }) => cpuPercent)),
        rssBytes: rss.length > 0 ? greatest(rss) : null
      }
    }),
    networkMegabytesPerS: sum('bytes') / 1e6 / reading.seconds,
    rowsPerS: sum('rows') / reading.seconds,
    diskMegabytesPerS: host?.diskMegabytesPerS ?? null,
    ioWaitPercent: host?.ioWaitPercent ?? null,
    latencyMs: percentilesOf(reading.latencies),
    callMs: percentilesOf(reading.callMs),
    lostBlocks: sum('lostBlocks'),
    lostRows: sum('lostRows'),
    gaps: sum('gaps'),
    lateRows: sum('lateRows'),
    shedRows: sum('shedRows'),
    missingRows: sum('missingRows'),
    queue: {
      ageMs: greatest(queues.map(({ ageMs }) => ageMs)),
      fill: greatest(queues.map(({ length, capacity }) => (capacity > 0 ? length / capacity : 0)))
    }
  }
}

/** "The queue: place 3" and "place 4" are one reason. */
const withoutNumbers = (reason: string): string =>
  reason.replace(/(?:place|number|position) \d+(?: of \d+)?/g, 'a place')
