import { createStore, type StoreApi } from 'zustand/vanilla'
import type { JobSnapshot } from '../../src-preload/contract/schemas.ts'
import { isEnded } from './jobStates.ts'

export interface RatePoint {
  bytesPerS: number
  latencyP95Ms: number | null
}

export interface JobsModel {
  /** Newest first. */
  jobs: JobSnapshot[]
  selectedId: string | null
  /** Rises when somebody chose a job, also the same one again. */
  chosen: number
  /** The job whose place the chosen one takes: another channel is a new job. */
  inPlaceOf: string | null
  /** The list came from the core. */
  isLoaded: boolean
  /** The last minute or so of each job's rates, oldest first, for the sparklines. */
  rates: ReadonlyMap<string, readonly RatePoint[]>
}

export interface JobsStore extends StoreApi<JobsModel> {
  replace(jobs: JobSnapshot[]): void
  changed(job: JobSnapshot): void
  forgotten(jobId: string): void
  select(jobId: string | null, inPlaceOf?: string | null): void
}

const ratePointsMost = 120

const isNewer = (a: JobSnapshot, b: JobSnapshot): number => {
  const difference = BigInt(b.createdAtNs) - BigInt(a.createdAtNs)
  return difference > 0n ? 1 : difference < 0n ? -1 : 0
}

/** What a window shows when nobody has chosen: the newest job that runs, else the newest. */
export function defaultJob(jobs: readonly JobSnapshot[]): string | null {
  return (jobs.find((job) => !isEnded(job.state)) ?? jobs[0])?.id ?? null
}

function withPoint(rates: JobsModel['rates'], job: JobSnapshot): JobsModel['rates'] {
  const point = { bytesPerS: job.statistics.bytesPerS, latencyP95Ms: bestLatency(job)?.p95 ?? null }
  const points = [...(rates.get(job.id) ?? []), point].slice(-ratePointsMost)
  return new Map(rates).set(job.id, points)
}

/** Until drawn where a window reports it, else until handed over. */
export const bestLatency = (job: JobSnapshot): { p50: number; p95: number; p99: number } | null =>
  job.statistics.drawnLatencyMs ?? job.statistics.latencyMs

export function createJobsStore(): JobsStore {
  const store = createStore<JobsModel>(() => ({
    jobs: [],
    selectedId: null,
    chosen: 0,
    inPlaceOf: null,
    isLoaded: false,
    rates: new Map()
  }))
  return {
    ...store,
    replace(list) {
      const jobs = [...list].sort(isNewer)
      store.setState(({ selectedId, rates }) => ({
        jobs,
        isLoaded: true,
        rates: new Map([...rates].filter(([id]) => jobs.some((job) => job.id === id))),
        selectedId: jobs.some((job) => job.id === selectedId) ? selectedId : defaultJob(jobs)
      }))
    },
    changed(job) {
      store.setState(({ jobs, selectedId, rates }) => {
        const isKnown = jobs.some((known) => known.id === job.id)
        const next = isKnown ? jobs.map((known) => (known.id === job.id ? job : known)) : [job, ...jobs].sort(isNewer)
        return { jobs: next, selectedId: selectedId ?? job.id, rates: withPoint(rates, job) }
      })
    },
    forgotten(jobId) {
      store.setState(({ jobs, selectedId, rates }) => {
        const next = jobs.filter((job) => job.id !== jobId)
        const kept = new Map(rates)
        kept.delete(jobId)
        return { jobs: next, rates: kept, selectedId: selectedId === jobId ? defaultJob(next) : selectedId }
      })
    },
    select(selectedId, inPlaceOf = null) {
      store.setState(({ chosen }) => ({ selectedId, inPlaceOf, chosen: chosen + 1 }))
    }
  }
}

export const countStates = (jobs: readonly JobSnapshot[]): { running: number; queued: number } => ({
  running: jobs.filter((job) => !isEnded(job.state) && job.state !== 'queued').length,
  queued: jobs.filter((job) => job.state === 'queued').length
})
