import { endedStates, type JobSnapshot } from '../../src-preload/contract/schemas.ts'
import type { FindingSink } from './readings.ts'
import type { Happenings } from './happenings.ts'
import type { BusyProcess } from './processWatch.ts'
import { duration, type Sight } from './sight.ts'
import { createFlips } from './streamFlips.ts'
import type { JudgedStream } from './streamJudge.ts'

/** Compares each collection with the one before: what an operator would call a change is told once. */
export interface ChangeWatch {
  look(sight: Sight, streams: readonly JudgedStream[]): void
  /** Other processes that took much of the processors lately, with when they began. */
  busyOthers(): { name: string; pid: number; cpuPercent: number; sinceMs: number }[]
}

/** Percent of one core from which another process counts as busy, and below which it has come to rest. */
const busyFrom = 25
const restBelow = 10
/** Where all processors are busy each gets its share, and the greatest share is worth a name. */
const busyFromWhenFull = 12
const fullFrom = 85
const stepFromMs = 2000

const describe = ({ request }: JobSnapshot): string =>
  `${request.view}, channels ${request.channels.min} to ${request.channels.max}, NFFT ${request.nfft}`

export function createChangeWatch(happenings: Happenings, findings: FindingSink): ChangeWatch {
  const jobs = new Map<string, JobSnapshot['state']>()
  const flips = createFlips(happenings)
  const strides = new Map<string, boolean>()
  const captures = new Map<string, string>()
  const backends = new Map<string, { state: string; restarts: number; pid: number | null }>()
  const restarts = new Map<string, number>()
  const others = new Map<number, BusyProcess & { sinceMs: number; calm: number }>()
  let clocks: { atMs: number; monotonicMs: number } | null = null

  function lookAtClock(sight: Sight): void {
    const before = clocks
    clocks = { atMs: sight.atMs, monotonicMs: sight.monotonicMs }
    if (!before) return
    const stepMs = sight.atMs - before.atMs - (sight.monotonicMs - before.monotonicMs)
    if (Math.abs(stepMs) < stepFromMs) return
    const text = `The clock of this machine was set ${stepMs > 0 ? 'forward' : 'back'} by ${duration(Math.abs(stepMs))}. Intervals are not measured by it; times on the axes jump here.`
    happenings.change('clock', 'warning', text)
    findings.raise({
      ruleId: 'clock-stepped',
      component: 'clock',
      severity: 'warning',
      title: `The clock was set ${stepMs > 0 ? 'forward' : 'back'} by ${duration(Math.abs(stepMs))}`,
      description: text,
      value: stepMs / 1000,
      threshold: stepFromMs / 1000
    })
  }

  function lookAtJobs(sight: Sight): void {
    for (const job of sight.jobs) {
      const before = jobs.get(job.id)
      jobs.set(job.id, job.state)
      if (before === undefined) happenings.change('job', 'info', `${job.id} was opened: ${describe(job)}.`, job.id)
      else if (before !== job.state && endedStates.has(job.state))
        happenings.change(
          'job',
          job.state === 'failed' ? 'critical' : 'info',
          `${job.id}: ${job.state}. ${job.reason}`,
          job.id
        )
      else if (before !== job.state && (job.state === 'stalled' || job.state === 'reconnecting'))
        flips.stopped(job, before)
      else if (before !== job.state && job.state === 'streaming' && before !== 'starting' && before !== 'queued')
        flips.again(job)
      const isThinned = job.statistics.overload !== null
      if ((strides.get(job.id) ?? false) !== isThinned)
        happenings.change(
          'rows',
          isThinned ? 'warning' : 'good',
          isThinned ? `${job.id}: ${job.statistics.overload}` : `${job.id} shows every row again.`,
          job.id
        )
      strides.set(job.id, isThinned)
    }
    const ids = new Set(sight.jobs.map(({ id }) => id))
    for (const id of jobs.keys())
      if (!ids.has(id)) {
        jobs.delete(id)
        flips.forget(id)
        strides.delete(id)
      }
  }

  function lookAtBackends(sight: Sight): void {
    for (const { name, status, restarts: count, pid } of sight.backends) {
      const before = backends.get(name)
      backends.set(name, { state: status.state, restarts: count, pid })
      if (!before) continue
      if (count > before.restarts) happenings.change('backend', 'warning', `The backend "${name}" was started again.`)
      const isUp = status.state === 'up' || status.state === 'no-fibre'
      if (before.state === status.state || before.state === 'unknown') continue
      happenings.change(
        'backend',
        isUp ? 'good' : 'critical',
        isUp ? `The backend "${name}" answers.` : `The backend "${name}" is away: ${status.reason}`
      )
    }
  }

  function lookAtProcesses(sight: Sight): void {
    for (const { id, label, restarts: count, kind } of sight.processes) {
      if (count === null || kind === 'backend') continue
      const before = restarts.get(id)
      restarts.set(id, count)
      if (before !== undefined && count > before)
        happenings.change('worker', 'warning', `The thread "${label}" was lost and started again.`)
    }
    for (const other of sight.others) {
      const known = others.get(other.pid)
      if (known) Object.assign(known, { cpuPercent: other.cpuPercent, calm: 0 })
      else if (other.cpuPercent >= (sight.cpuPercent.mean >= fullFrom ? busyFromWhenFull : busyFrom)) {
        others.set(other.pid, { ...other, sinceMs: sight.atMs, calm: 0 })
        happenings.change(
          'process',
          'warning',
          `Another process, "${other.name}" (${other.pid}), takes ${other.cpuPercent.toFixed(0)} % of a processor.`
        )
      }
    }
    const seen = new Map(sight.others.map((other) => [other.pid, other.cpuPercent]))
    for (const [pid, other] of others) {
      if ((seen.get(pid) ?? 0) >= restBelow) continue
      // It is looked for every few seconds: three looks without it are an end.
      if (++other.calm < 15) continue
      others.delete(pid)
      happenings.change('process', 'good', `The process "${other.name}" (${pid}) has come to rest.`)
    }
  }

  function lookAtCaptures(sight: Sight): void {
    for (const capture of sight.captures) {
      const { id, state, name, jobId, lostBlocks } = capture
      const before = captures.get(id)
      captures.set(id, state)
      const isOpen = state === 'recording' || state === 'starting' || state === 'closing'
      happenings.become(
        { id, label: `${name} (${id})`, kind: 'capture', jobId },
        isOpen
          ? {
              severity: lostBlocks > 0 ? 'critical' : 'good',
              text: lostBlocks > 0 ? `${lostBlocks} blocks are missing` : 'whole'
            }
          : null
      )
      if (before === state) continue
      if (state === 'recording') happenings.change('capture', 'info', `The capture "${name}" of ${jobId} runs.`, jobId)
      if (state === 'closed')
        happenings.change('capture', 'info', `The capture "${name}" was closed. ${capture.reason}`, jobId)
      if (state === 'failed')
        happenings.change('capture', 'critical', `The capture "${name}" ended. ${capture.reason}`, jobId)
    }
  }

  return {
    look(sight, streams) {
      lookAtClock(sight)
      lookAtJobs(sight)
      lookAtBackends(sight)
      lookAtProcesses(sight)
      lookAtCaptures(sight)
      for (const { jobId, view, word, severity, trouble } of streams) {
        // What comes and goes within moments is one trouble.
        if (trouble && !trouble.isNow && word !== 'ended') continue
        const isOpen = word !== 'ended'
        const text = word
        happenings.become(
          { id: jobId, label: `${jobId} ${view}`, kind: 'stream', jobId },
          isOpen ? { severity, text } : null
        )
      }
    },
    busyOthers: () =>
      [...others.values()].map(({ name, pid, cpuPercent, sinceMs }) => ({ name, pid, cpuPercent, sinceMs }))
  }
}
