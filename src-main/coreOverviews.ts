import { stat } from 'node:fs/promises'
import type { Handlers } from '../src-preload/contract/calls.ts'
import { failure, ok, type Result } from '../src-preload/contract/errors.ts'
import type { overviewCalls, RecordingOverview } from '../src-preload/contract/overview.ts'
import type { CorePort } from './coreInterface.ts'
import type { Measure } from './health/operationMeter.ts'
import { RecordingError, type Recording } from './recordings/recording.ts'
import { OverviewError, overviewOf } from './sessions/overview.ts'
import type { Caches } from './storage/cache.ts'

export interface CoreOverviews {
  readonly handlers: Pick<Handlers<CorePort>, keyof typeof overviewCalls>
  dispose(): void
}

type Asked = Parameters<CoreOverviews['handlers']['recordings.overview']>[0]

/** One that is being made, for everybody who asked for it meanwhile. */
interface Making {
  readonly stop: AbortController
  readonly requests: Set<string>
}

const cache = { name: 'overviews of recordings', entriesMax: 64, bytesMax: 64 * 1024 * 1024, ttlMs: 3600_000 }
/** Reading is what takes its time: more at once would only make each of them later. */
const atOnceMax = 2
/** More that wait are refused. */
const waitingMax = 16
const askAgainMs = 2000

/** Overviews of recordings that are files of this machine, kept as long as the file stays as it is. */
export function createCoreOverviews(options: {
  /** Where a recording that was opened lies; null where it is no file of this machine. */
  pathOf(recording: string): string | null
  openRecording(path: string): Promise<Recording>
  caches: Caches
  measure: Measure
  progress(request: string, fraction: number): void
}): CoreOverviews {
  const kept = options.caches.create<RecordingOverview>({ ...cache, sizeOf: (value) => 4 * value.mean.length })
  const makings = new Map<string, Making>()
  /** What ends the wait of a request; the overview goes on for others. */
  const leaving = new Map<string, () => void>()
  const turns: (() => void)[] = []
  let working = 0

  const turn = async (): Promise<void> => {
    if (working >= atOnceMax) await new Promise<void>((resolve) => turns.push(resolve))
    else working++
  }
  const endTurn = (): void => {
    const next = turns.shift()
    if (next) next()
    else working--
  }

  async function make(making: Making, path: string, { range, rows, columns, band }: Asked): Promise<RecordingOverview> {
    await turn()
    try {
      if (making.stop.signal.aborted) throw new OverviewError('The overview was cancelled.')
      return await options.measure('overview', path, async (enter) => {
        const recording = await options.openRecording(path)
        try {
          enter('reading its samples')
          return await overviewOf(recording, {
            range: range && { startNs: BigInt(range.startNs), endNs: BigInt(range.endNs) },
            ...{ rows, columns, band, signal: making.stop.signal },
            progress(fraction) {
              for (const request of making.requests) options.progress(request, fraction)
            }
          })
        } finally {
          await recording.close()
        }
      })
    } finally {
      endTurn()
    }
  }

  async function load(path: string, args: Asked): Promise<RecordingOverview | 'cancelled' | 'busy'> {
    const { mtimeMs, size } = await stat(path)
    const { request, ...what } = args
    const key = JSON.stringify([path, mtimeMs, size, what])
    if (!makings.has(key) && turns.length >= waitingMax) return 'busy'
    const loaded = kept.load(key, () => {
      const making: Making = { stop: new AbortController(), requests: new Set() }
      makings.set(key, making)
      return make(making, path, args).finally(() => {
        if (makings.get(key) === making) makings.delete(key)
      })
    })
    const making = makings.get(key)
    if (!making) return loaded
    making.requests.add(request)
    const left = new Promise<'cancelled'>((resolve) =>
      leaving.set(request, () => {
        making.requests.delete(request)
        // Nobody wants it any more; who asks from now on gets one of their own.
        if (making.requests.size === 0) {
          making.stop.abort()
          makings.delete(key)
          kept.delete(key)
        }
        resolve('cancelled')
      })
    )
    try {
      return await Promise.race([loaded, left])
    } finally {
      leaving.delete(request)
    }
  }

  async function overview(args: Asked): Promise<Result<RecordingOverview>> {
    const path = options.pathOf(args.recording)
    if (path === null)
      return failure(
        'unsupported',
        `"${args.recording}" was not opened as a file of this machine; an overview of it would need all of its data.`
      )
    try {
      const loaded = await load(path, args)
      if (loaded === 'cancelled') return failure('cancelled', 'The overview was cancelled.')
      if (loaded === 'busy')
        return failure('refused', 'Other overviews are being made; ask again.', { retryAfterMs: askAgainMs })
      return ok(loaded)
    } catch (error) {
      if (error instanceof OverviewError) return failure('invalid', error.message)
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
        leaving.get(request)?.()
        return ok({})
      }
    },
    dispose() {
      for (const { stop } of makings.values()) stop.abort()
    }
  }
}
