import type { Evidence, Explanation, OfferedAction } from '../../src-preload/contract/health.ts'
import type { HealthSettings } from '../../src-preload/contract/healthSettings.ts'
import { symptomsOf, type Symptom, type SymptomSigns } from '../symptoms.ts'
import { isFlowing } from './collect.ts'
import { clockTime, duration, type Sight } from './sight.ts'
import type { JudgedStream } from './streamJudge.ts'

export interface ExplainInput {
  sight: Sight
  streams: readonly JudgedStream[]
  settings: HealthSettings
  busyOthers: readonly { name: string; pid: number; cpuPercent: number; sinceMs: number }[]
  catalogueMs: number | null
  isThrottled: boolean
}

const causes: Record<Symptom['bottleneck'], string> = {
  CPU: 'The machine is out of CPU.',
  memory: 'The machine is out of memory.',
  network: 'The network is too slow.',
  storage: 'The disk is too slow.',
  connections: 'There are no connections left.',
  consumer: 'Analysis or a window is too slow for what comes.',
  setting: 'A limit in the settings keeps jobs waiting.',
  database: 'The catalogue is slow.'
}

/** A failure of long ago explains nothing of now. */
const recentMs = 60_000

const reference = (name: string | null, labels: Record<string, string> = {}): Evidence['reading'] =>
  name === null ? null : { name, labels }

/** What the last seconds look like to the symptom matrix; of one job, or of all. */
function signsOf({ sight, streams, catalogueMs }: ExplainInput, jobId: string | null): SymptomSigns {
  const jobs = sight.jobs.filter((job) => isFlowing(job) && (jobId === null || job.id === jobId))
  const concerned = streams.filter((stream) => jobs.some(({ id }) => id === stream.jobId))
  const live = jobs.filter(({ request }) => request.timeRange === null)
  const p95 = Math.max(0, ...live.map(({ statistics }) => statistics.latencyMs?.p95 ?? 0))
  const { disk, ioWaitPercent, memoryPercent } = sight.machine
  const waiting = sight.jobs.filter(({ state }) => state === 'queued').map(({ reason }) => ({ jobs: 1, reason }))
  const failed = sight.jobs
    .filter(
      ({ id, state, endedAtNs }) =>
        state === 'failed' && (id === jobId || (jobId === null && sight.atMs - Number(endedAtNs ?? 0) / 1e6 < recentMs))
    )
    .map(({ reason }) => ({ jobs: 1, reason }))
  return {
    jobs: jobs.length,
    healthy: concerned.filter(({ severity }) => severity === 'good').length,
    refused: [...waiting, ...failed],
    cpuPercent: sight.cpuPercent,
    memoryPercent,
    processes: sight.processes
      .filter(({ kind }) => kind !== 'window')
      .map(({ label, cpuPercent }) => ({ label, cpuPercent: cpuPercent ?? 0 })),
    networkMegabytesPerS: jobs.reduce((sum, { statistics }) => sum + statistics.bytesPerS, 0) / 1e6,
    diskMegabytesPerS: disk ? (disk.readBytesPerS + disk.writtenBytesPerS) / 1e6 : null,
    ioWaitPercent,
    latencyMs: p95 > 0 ? { p95 } : null,
    queue: {
      ageMs: Math.max(0, ...jobs.map(({ statistics }) => statistics.queue.ageMs)),
      // The queue of a historic job is full because it runs as fast as it can.
      fill: Math.max(0, ...live.map(({ statistics: { queue } }) => queue.length / Math.max(1, queue.capacity)))
    },
    shedRows: concerned.reduce((sum, { trouble }) => sum + (trouble?.shed ?? 0), 0),
    lateRows: 0,
    catalogueMs
  }
}

function backendExplanation({ sight }: ExplainInput, streams: readonly JudgedStream[]): Explanation[] {
  const silent = streams.filter(({ trouble }) => trouble?.kind === 'stalled')
  return sight.backends.flatMap(({ name, status }): Explanation[] => {
    const isDown = status.state === 'down'
    if (!isDown && (silent.length === 0 || status.state === 'unknown')) return []
    const evidence: Evidence[] = [
      {
        text: isDown
          ? `the backend "${name}" does not answer: ${status.reason}`
          : `the backend "${name}" answers, but sends nothing`,
        reading: reference('wavefall_backend_up', { backend: name })
      },
      ...silent.map(({ jobId, reason }) => ({
        text: `${jobId}: ${reason}`,
        reading: reference('wavefall_stream_silence_seconds', { job: jobId })
      }))
    ]
    return [
      {
        bottleneck: 'backend',
        cause: isDown ? `The backend "${name}" is away.` : `The backend "${name}" has stopped sending.`,
        evidence,
        advice: isDown
          ? 'Look after the backend and the way to it; the program tries again by itself and goes on in the same picture.'
          : 'Look after the interrogator and the fibre at the backend; the program waits and connects again by itself.',
        strength: 5,
        action: null
      }
    ]
  })
}

/** Blocks that were never received, while nothing waits here: whatever else is wrong, they were lost before they came. */
function lossExplanation({ sight, settings }: ExplainInput, streams: readonly JudgedStream[]): Explanation[] {
  const losing = streams.filter(
    ({ trouble, live, queue }) =>
      live && trouble?.kind === 'lost' && trouble.lost > 0 && queue.ageMs < settings.queueAgeWarningMs
  )
  if (losing.length === 0) return []
  const [backend, ...others] = sight.backends
  return [
    {
      bottleneck: 'backend',
      cause:
        backend && others.length === 0
          ? `The backend "${backend.name}" leaves blocks out.`
          : 'A backend leaves blocks out.',
      evidence: losing.flatMap(({ jobId, trouble, queue }) => [
        {
          text: `${jobId}: ${trouble!.lost} blocks or rows are missing in the numbering of what was received`,
          reading: reference('wavefall_stream_lost_blocks_total', { job: jobId })
        },
        {
          text: `none of them was left out here: the oldest row waits ${duration(queue.ageMs)}`,
          reading: reference('wavefall_queue_age_seconds', { queue: 'analysis', of: jobId })
        }
      ]),
      advice: 'Look into the log of the backend and of the interrogator; what they drop cannot be had again here.',
      strength: 4,
      action: null
    }
  ]
}

/** The job whose rows cost most: halving them helps most. */
function fewerRows({ streams, isThrottled }: ExplainInput, jobId: string | null): OfferedAction | null {
  if (isThrottled) return null
  const live = streams.filter(({ live: isLive, word }) => isLive && word !== 'ended' && word !== 'waiting')
  const heaviest = live.find((stream) => stream.jobId === jobId) ?? [...live].sort((a, b) => b.cpuShare - a.cpuShare)[0]
  return heaviest ? { label: `Halve rows of ${heaviest.jobId}`, action: 'fewer rows', jobId: heaviest.jobId } : null
}

function actionFor(bottleneck: Symptom['bottleneck'], input: ExplainInput, jobId: string | null): OfferedAction | null {
  if (bottleneck === 'CPU' || bottleneck === 'consumer' || bottleneck === 'network') return fewerRows(input, jobId)
  if (bottleneck === 'memory') return { label: 'Free memory', action: 'free memory', jobId: null }
  if (bottleneck === 'storage') return { label: 'Let background tasks wait', action: 'pause tasks', jobId: null }
  return null
}

/** Why something is wrong: the lines of the symptom matrix that apply, each with the readings that prove it. */
export function explain(input: ExplainInput, jobId: string | null): Explanation[] {
  const streams = input.streams.filter((stream) => jobId === null || stream.jobId === jobId)
  const symptoms = symptomsOf(signsOf(input, jobId)).map((symptom): Explanation => {
    const evidence: Evidence[] = symptom.evidence.map((text, at) => ({
      text,
      reading: reference(symptom.readings[at] ?? null)
    }))
    if (symptom.bottleneck === 'CPU')
      for (const { name, pid, cpuPercent, sinceMs } of input.busyOthers)
        evidence.push({
          text: `another process, "${name}" (${pid}), takes ${cpuPercent.toFixed(0)} % of a processor since ${clockTime(sinceMs)}`,
          reading: reference('wavefall_others_cpu_ratio')
        })
    return {
      bottleneck: symptom.bottleneck,
      cause: causes[symptom.bottleneck],
      evidence,
      advice:
        symptom.bottleneck === 'CPU' && input.busyOthers.length > 0
          ? `End or move "${input.busyOthers[0]!.name}", or: ${symptom.advice}`
          : symptom.advice,
      strength: symptom.strength,
      action: actionFor(symptom.bottleneck, input, jobId)
    }
  })
  return [...backendExplanation(input, streams), ...lossExplanation(input, streams), ...symptoms].sort(
    (a, b) => b.strength - a.strength
  )
}
