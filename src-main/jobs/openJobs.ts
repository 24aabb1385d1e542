import { createSerialWriter, readVersionedJson } from '../storage/atomicFile.ts'

/** A job that exists on a backend because of us. */
export interface OpenJob {
  /** Which backend: its URL, or `embedded`, whose address changes. */
  backend: string
  backendJobId: string
  createdAtNs: string
  /** The process that opened it; while it lives, the job is its business. */
  pid: number
}

export interface OpenJobs {
  /** Jobs that an earlier run left behind. */
  readonly leftOver: OpenJob[]
  /** Why the record could not be read, else null. */
  readonly damaged: string | null
  add(job: Omit<OpenJob, 'pid'>): void
  remove(backend: string, backendJobId: string): void
  settled(): Promise<void>
}

const isOpenJob = (value: unknown): value is OpenJob => {
  const job = value as Partial<OpenJob> | null
  return (
    typeof job?.backend === 'string' &&
    typeof job.backendJobId === 'string' &&
    typeof job.createdAtNs === 'string' &&
    typeof job.pid === 'number'
  )
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Remembers on disk which jobs are open on backends, so that a crash leaves none behind for good. */
export async function openOpenJobs(file: string, onWriteError: (error: unknown) => void): Promise<OpenJobs> {
  const read = await readVersionedJson(file, 1)
  const listed = read.state === 'read' ? (read.value as { jobs?: unknown }).jobs : []
  let jobs = Array.isArray(listed) ? listed.filter(isOpenJob) : []
  const leftOver = jobs.filter((job) => job.pid === process.pid || !isAlive(job.pid))
  const writer = createSerialWriter(file, 1, onWriteError)

  return {
    leftOver,
    damaged: read.state === 'damaged' ? read.reason : null,
    add(job) {
      jobs = [...jobs, { ...job, pid: process.pid }]
      void writer.write({ jobs })
    },
    remove(backend, backendJobId) {
      const left = jobs.filter((job) => job.backend !== backend || job.backendJobId !== backendJobId)
      if (left.length === jobs.length) return
      jobs = left
      void writer.write({ jobs })
    },
    settled: () => writer.settled()
  }
}
