import type { JobRequest, JobSnapshot } from '../../src-preload/contract/schemas.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import type { TileContent, WindowLayout } from '../../src-preload/contract/workbench.ts'
import { isEnded } from './jobStates.ts'
import type { ShownContent, TilesStore } from './tilesStore.ts'

/** Jobs of tiles that are being opened again, or why they could not be, by window and tile. */
export type OpeningJobs = ReadonlyMap<string, 'opening' | { problem: string }>

/** A tile whose job is not there (any more). */
export interface GoneJob {
  key: string
  content: ShownContent | TileContent
  put(jobId: string): void
}

export interface DeskJobsOptions {
  connection: CoreConnection
  windowId: string
  tiles: TilesStore
  popOuts(): ReadonlyMap<string, WindowLayout>
  putInPopOut(windowId: string, tileId: string, content: TileContent): void
  opening(): OpeningJobs
  setOpening(opening: OpeningJobs): void
  isBackendUp(): boolean
  opened(): void
}

export const keyOf = (windowId: string, tileId: string): string => `${windowId}/${tileId}`

const sameRequest = (a: JobRequest, b: JobRequest): boolean => JSON.stringify(a) === JSON.stringify(b)

/** A seek changes the time that a job is asked for, and nothing else. */
const sameJob = (a: JobRequest, b: JobRequest): boolean =>
  (a.timeRange === null) === (b.timeRange === null) && sameRequest({ ...a, timeRange: null }, { ...b, timeRange: null })

/** Brings back what tiles showed before a restart: a job that runs with the same request, else the job opened again. */
export function createDeskJobs(options: DeskJobsOptions) {
  const { connection, tiles } = options
  /** Opened again, and not in the list yet. */
  const opened = new Set<string>()

  function isGone(content: ShownContent | TileContent | null, list: readonly JobSnapshot[]): boolean {
    if (content === null || content.request === null || content.isClosed) return false
    const { jobId, request } = content
    if (jobId !== null && opened.has(jobId)) return false
    return !list.some((job) => job.id === jobId && sameJob(job.request, request))
  }

  function goneJobs(list: readonly JobSnapshot[]): GoneJob[] {
    const own = [...tiles.getState().tiles.values()].flatMap(({ id, content }): GoneJob[] =>
      content !== null && isGone(content, list)
        ? [
            {
              key: keyOf(options.windowId, id),
              content,
              put: (jobId) => tiles.setContent(id, { ...content, jobId })
            }
          ]
        : []
    )
    const others = [...options.popOuts().values()].flatMap((window) =>
      window.tiles.flatMap(({ id, content }): GoneJob[] =>
        content !== null && isGone(content, list)
          ? [
              {
                key: keyOf(window.id, id),
                content,
                put: (jobId) => options.putInPopOut(window.id, id, { ...content, jobId })
              }
            ]
          : []
      )
    )
    return [...own, ...others]
  }

  function shownJobs(): Set<string | null | undefined> {
    const others = [...options.popOuts().values()].flatMap((window) => window.tiles)
    return new Set([...tiles.getState().tiles.values(), ...others].map(({ content }) => content?.jobId))
  }

  function setOpening(keys: readonly string[], state: 'opening' | { problem: string } | null): void {
    const next = new Map(options.opening())
    for (const key of keys)
      if (state === null) next.delete(key)
      else next.set(key, state)
    options.setOpening(next)
  }

  /** One job for all these tiles, which showed one job before. */
  async function open(tilesOfJob: readonly GoneJob[]): Promise<void> {
    const { request, pace } = tilesOfJob[0]?.content ?? { request: null }
    if (!request) return
    const keys = tilesOfJob.map(({ key }) => key)
    setOpening(keys, 'opening')
    const answer = await connection.call('jobs.open', {
      request,
      windowId: connection.windowId,
      ...(pace === undefined ? {} : { pace })
    })
    if (answer.ok) {
      opened.add(answer.value.id)
      for (const { put } of tilesOfJob) put(answer.value.id)
      options.opened()
    }
    setOpening(keys, answer.ok ? null : { problem: answer.error.message })
  }

  return {
    open: (gone: GoneJob) => open([gone]),
    restore(list: readonly JobSnapshot[]): void {
      for (const { id } of list) opened.delete(id)
      const byJob = new Map<string, GoneJob[]>()
      for (const gone of goneJobs(list)) {
        const { jobId, request } = gone.content
        const job = `${jobId} ${JSON.stringify(request)}`
        byJob.set(job, [...(byJob.get(job) ?? []), gone])
      }
      if (byJob.size === 0) return
      const shown = shownJobs()
      for (const together of byJob.values()) {
        const request = together[0]?.content.request ?? null
        const running = list.find(
          (job) => !isEnded(job.state) && !shown.has(job.id) && request !== null && sameRequest(job.request, request)
        )
        if (running) {
          shown.add(running.id)
          for (const { put } of together) put(running.id)
        } else if (options.isBackendUp() && !together.some(({ key }) => options.opening().has(key))) void open(together)
      }
    }
  }
}
