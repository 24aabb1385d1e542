import { stat } from 'node:fs/promises'
import type { Handlers } from '../src-preload/contract/calls.ts'
import { failure, ok, type Result } from '../src-preload/contract/errors.ts'
import type { overviewCalls, RecordingOverview } from '../src-preload/contract/overview.ts'
import type { CorePort } from './coreInterface.ts'
import { RecordingError, type Recording } from './recordings/recording.ts'
import { OverviewError, overviewOf } from './sessions/overview.ts'
import type { Caches } from './storage/cache.ts'

export interface CoreOverviews {
  readonly handlers: Pick<Handlers<CorePort>, keyof typeof overviewCalls>
  dispose(): void
}

const cache = { name: 'overviews of recordings', entriesMax: 64, bytesMax: 64 * 1024 * 1024, ttlMs: 3600_000 }
/** More at once are refused. */
const runningMax = 4

/** Overviews of recordings that are files of this machine, kept as long as the file stays as it is. */
export function createCoreOverviews(options: {
  /** Where a recording that was opened lies; null where it is no file of this machine. */
  pathOf(recording: string): string | null
  openRecording(path: string): Promise<Recording>
  caches: Caches
  progress(request: string, fraction: number): void
}): CoreOverviews {
  const kept = options.caches.create<RecordingOverview>({ ...cache, sizeOf: (value) => 4 * value.mean.length })
  const running = new Map<string, AbortController>()

  async function compute(
    path: string,
    args: Parameters<CoreOverviews['handlers']['recordings.overview']>[0]
  ): Promise<RecordingOverview> {
    const { request, range, rows, columns, band } = args
    const stop = new AbortController()
    running.set(request, stop)
    const recording = await options.openRecording(path)
    try {
      return await overviewOf(recording, {
        range: range && { startNs: BigInt(range.startNs), endNs: BigInt(range.endNs) },
        ...{ rows, columns, band, signal: stop.signal },
        progress: (fraction) => options.progress(request, fraction)
      })
    } finally {
      running.delete(request)
      await recording.close()
    }
  }

  async function overview(
    args: Parameters<CoreOverviews['handlers']['recordings.overview']>[0]
  ): Promise<Result<RecordingOverview>> {
    const path = options.pathOf(args.recording)
    if (path === null)
      return failure(
        'unsupported',
        `"${args.recording}" was not opened as a file of this machine; an overview of it would need all of its data.`
      )
    if (running.size >= runningMax) return failure('refused', 'Other overviews are being made; ask again.')
    try {
      const { mtimeMs, size } = await stat(path)
      const { request: _request, ...what } = args
      return ok(await kept.load(JSON.stringify([path, mtimeMs, size, what]), () => compute(path, args)))
    } catch (error) {
      if (error instanceof OverviewError) return failure('refused', error.message)
      if (error instanceof RecordingError) return failure('unreadable', error.message)
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOENT') return failure('not-found', `${path} is not there any more.`)
      throw error
    }
  }

  return {
    handlers: {
      'recordings.overview': overview,
      async 'recordings.cancelOverview'({ request }) {
        running.get(request)?.abort()
        return ok({})
      }
    },
    dispose() {
      for (const stop of running.values()) stop.abort()
    }
  }
}
