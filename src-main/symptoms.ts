export type Bottleneck = 'CPU' | 'memory' | 'network' | 'storage' | 'connections' | 'consumer' | 'setting' | 'database'

/** What the matrix looks at: one level of a load test, or the last seconds of a running program. */
export interface SymptomSigns {
  jobs: number
  healthy: number
  refused: readonly { jobs: number; reason: string }[]
  /** Percentages of CPU and memory are of the whole machine. */
  cpuPercent: { mean: number; max: number }
  memoryPercent: number
  /** Percent of one core. */
  processes: readonly { label: string; cpuPercent: number }[]
  networkMegabytesPerS: number
  diskMegabytesPerS: number | null
  ioWaitPercent: number | null
  latencyMs: { p95: number } | null
  /** Oldest row that waits for analysis, ms, and the fullest queue, 0..1. */
  queue: { ageMs: number; fill: number }
  shedRows: number
  lateRows: number
  /** Queries of the catalogue and the history, p95. */
  catalogueMs?: number | null
}

/** One line of the symptom matrix that applies: what it says is the limit, the readings that prove it, what to do. */
export interface Symptom {
  bottleneck: Bottleneck
  evidence: string[]
  /** Names of the readings that the evidence is from, in its order; null where it is none. */
  readings: (string | null)[]
  advice: string
  /** How far past its threshold, 1 = at it. */
  strength: number
}

const limits = {
  cpuPercent: 85,
  threadPercent: 95,
  memoryPercent: 90,
  latencyMs: 500,
  ioWaitPercent: 20,
  queueFill: 0.5,
  queueAgeMs: 500,
  catalogueMs: 200
}

const percent = (value: number): string => `${value.toFixed(0)} %`

function refusedBecause({ refused }: SymptomSigns, pattern: RegExp): string[] {
  return refused.filter(({ reason }) => pattern.test(reason)).map(({ jobs, reason }) => `${jobs} × ${reason}`)
}

type Line = (level: SymptomSigns) => Symptom | null

const cpu: Line = (level) => {
  const busiest = [...level.processes].sort((a, b) => b.cpuPercent - a.cpuPercent)[0]
  const machine = level.cpuPercent.mean / limits.cpuPercent
  const isThreadFull = (busiest?.cpuPercent ?? 0) >= limits.threadPercent && /analysis|ingest/.test(busiest!.label)
  const refused = refusedBecause(level, /CPU/)
  if (machine < 1 && !isThreadFull && refused.length === 0) return null
  return {
    bottleneck: 'CPU',
    evidence: [
      `CPU of the machine ${percent(level.cpuPercent.mean)}, at most ${percent(level.cpuPercent.max)}`,
      ...(busiest ? [`most of it in "${busiest.label}", ${percent(busiest.cpuPercent)} of a core`] : []),
      ...refused
    ],
    readings: ['wavefall_machine_cpu_ratio', ...(busiest ? ['wavefall_process_cpu_ratio'] : [])],
    advice: 'Run fewer jobs at once, or choose a smaller NFFT, fewer channels or a longer row interval.',
    strength: Math.max(machine, isThreadFull ? 1 : 0, refused.length > 0 ? 1 : 0)
  }
}

const memory: Line = (level) => {
  const refused = refusedBecause(level, /memory|needs \d+ MB/)
  if (level.memoryPercent < limits.memoryPercent && refused.length === 0) return null
  return {
    bottleneck: 'memory',
    evidence: [`memory of the machine ${percent(level.memoryPercent)}`, ...refused],
    readings: ['memory_usage_percent'],
    advice: 'Reduce NFFT × channels of the jobs, or run fewer of them.',
    strength: Math.max(level.memoryPercent / limits.memoryPercent, refused.length > 0 ? 1 : 0)
  }
}

const network: Line = (level) => {
  const p95 = level.latencyMs?.p95 ?? 0
  const isFree = level.cpuPercent.mean < 70 && level.queue.ageMs < limits.queueAgeMs
  if (p95 < limits.latencyMs || !isFree) return null
  return {
    bottleneck: 'network',
    evidence: [
      `rows are ${p95.toFixed(0)} ms old (p95) though the CPU is at ${percent(level.cpuPercent.mean)} and no queue is long`,
      `${level.networkMegabytesPerS.toFixed(1)} MB/s are received`
    ],
    readings: ['wavefall_stream_latency_seconds', 'wavefall_stream_received_bytes_per_second'],
    advice: 'Ask for fewer rows or a narrower band, or run the core nearer to the backend.',
    strength: p95 / limits.latencyMs
  }
}

const storage: Line = ({ ioWaitPercent, diskMegabytesPerS }) =>
  ioWaitPercent === null || ioWaitPercent < limits.ioWaitPercent
    ? null
    : {
        bottleneck: 'storage',
        evidence: [
          `processors wait for the disk ${percent(ioWaitPercent)} of the time, at ${(diskMegabytesPerS ?? 0).toFixed(1)} MB/s`
        ],
        readings: ['wavefall_machine_iowait_ratio'],
        advice: 'Put recordings and the data folder on a faster disk, and give the cache more memory.',
        strength: ioWaitPercent / limits.ioWaitPercent
      }

const connections: Line = (level) => {
  const refused = refusedBecause(level, /port|socket|connection|clients|unavailable|ECONN|429/i)
  if (refused.length === 0) return null
  return {
    bottleneck: 'connections',
    evidence: refused,
    readings: [],
    advice: 'Widen the port range and the pool of connections, and close what nobody looks at.',
    strength: 1
  }
}

const consumer: Line = (level) => {
  const { queue, shedRows, lateRows } = level
  if (queue.fill < limits.queueFill && queue.ageMs < limits.queueAgeMs && shedRows === 0) return null
  return {
    bottleneck: 'consumer',
    evidence: [
      `blocks wait up to ${queue.ageMs.toFixed(0)} ms for analysis, the fullest queue is ${percent(100 * queue.fill)} full`,
      `${shedRows} rows were left out, ${lateRows} came late`
    ],
    readings: ['wavefall_queue_age_seconds', 'wavefall_stream_shed_rows_total'],
    advice: 'Analysis or the window is too slow for what comes: fewer jobs, a longer row interval, fewer windows.',
    // The queue is where a lack of CPU shows first: named only where the machine is not full anyway.
    strength: 0.9
  }
}

const setting: Line = (level) => {
  const pattern = /jobs are running|jobs wait already/
  const evidence = refusedBecause(level, pattern)
  if (evidence.length === 0) return null
  const kept = level.refused.reduce((sum, { jobs, reason }) => sum + (pattern.test(reason) ? jobs : 0), 0)
  return {
    bottleneck: 'setting',
    evidence,
    readings: [],
    advice: 'The machine was not asked: raise jobs.concurrentMax (and jobs.queueMax) if more are wanted at once.',
    // Where most jobs were kept away by it, nothing else explains the failure.
    strength: 2 * kept >= level.jobs - level.healthy ? 2 : 0.95
  }
}

const database: Line = ({ catalogueMs }) =>
  (catalogueMs ?? 0) < limits.catalogueMs
    ? null
    : {
        bottleneck: 'database',
        evidence: [`questions to the catalogue and the history take ${catalogueMs!.toFixed(0)} ms (p95)`],
        readings: ['wavefall_response_p95_seconds'],
        advice: 'Let the catalogue be indexed anew, keep a shorter history, or put the data folder on a faster disk.',
        // It slows down who asks, and nothing else: whatever else applies explains more.
        strength: 0.85
      }

const matrix: readonly Line[] = [cpu, memory, storage, connections, network, database, setting, consumer]

/** The lines of the matrix that apply, the strongest first. */
export function symptomsOf(level: SymptomSigns): Symptom[] {
  return matrix.flatMap((line) => line(level) ?? []).sort((a, b) => b.strength - a.strength)
}
