import type { JobRequest, StreamStatistics } from '../../src-preload/contract/schemas.ts'
import type { Nanoseconds } from '../../src-preload/contract/units.ts'
import type { Analysis, AnalysisHost, AnalysisListener, AnalysisPlan, StoredBlock } from '../analysis/analysis.ts'
import { planGrid } from '../analysis/planGrid.ts'
import type { RowHub } from '../analysis/rowHub.ts'
import type { JobViewDescription } from '../analysis/rowSubscription.ts'
import type { SampleRing } from '../analysis/sampleRing.ts'
import type { IngestListener } from '../ingest/ingestHost.ts'
import type { RowBlock, StreamGap, StreamOffer } from '../streams/streamSource.ts'
import type { Clock } from '../clock.ts'
import { createBlockGrid, type BlockGrid } from './blockGrid.ts'
import { createRowPacer } from './rowPacer.ts'
import { analysisPlanFor, blocksDescription, isSamePicture, rowsDescription } from './viewPlan.ts'

export interface PipelineCounters {
  service: StreamStatistics['service']
  invalidValues: number
  /** Gaps that no stream knows of: the job was created again, a worker died, its queue was full. */
  gaps: number
  gapNs: Nanoseconds
  lostBlocks: number
  lostRows: number
  recreations: number
  queue: { length: number; capacity: number; ageMs: number }
  /** One sentence while rows are left out because the machine does not keep up, with what to change. */
  overload: string | null
}

export interface PipelineOptions {
  jobId: string
  request: JobRequest
  hub: RowHub
  analysisHost: AnalysisHost
  clock: Clock
  /** Of a historic job: see `setPace`. */
  pace: number | null
  /** Back-pressure on whatever stream feeds this now. */
  pause(): void
  resume(): void
  /** The first picture is known; a later one replaced it. */
  described(offer: StreamOffer): void
  /** Data was lost inside this program. */
  lost(reason: string): void
  failed(reason: string): void
}

export type PipelineListener = Pick<IngestListener, 'offer' | 'ring' | 'block' | 'rows' | 'gap' | 'interrupted'>

/** From a job's stream to its rows: analysis where blocks come, one picture over every reconnect, gaps as rows. */
export interface JobPipeline {
  /** For a new stream of the same job; the one before must have ended. */
  listener(): PipelineListener
  counters(): PipelineCounters
  /** Up to where data has come; null before the first. */
  endNs(): Nanoseconds | null
  progress(): number | null
  /** Historic: times real time; null as fast as it can, 0 stands still. */
  setPace(pace: number | null): void
  /** Null for a live job. `isWaiting`: rows are there whose time has not come. */
  playback(): { pace: number | null; positionNs: Nanoseconds | null; isWaiting: boolean } | null
  /** Everything that came has become rows. */
  finish(): Promise<void>
  dispose(): void
}

interface BlocksPicture {
  kind: 'blocks'
  offer: StreamOffer
  plan: AnalysisPlan
  grid: BlockGrid
  rows: ReturnType<typeof planGrid>
  analysis: Analysis
  expectedRows: number | null
}

interface RowsPicture {
  kind: 'rows'
  offer: StreamOffer
  originNs: Nanoseconds
  offset: number
  expectedRows: number | null
}

/** Infinities cannot be drawn; they and NaN are counted and shown as invalid. */
function markInvalid(values: Float32Array): number {
  let invalid = 0
  for (let k = 0; k < values.length; k++) {
    if (Number.isFinite(values[k])) continue
    values[k] = NaN
    invalid++
  }
  return invalid
}

const backendAway = 'the backend was away'
/** How long after the last row that was left out it is still told. */
const overloadToldMs = 2000

/** What an operator should know while rows are left out. */
function overloadSentence(stride: number): string {
  const what = stride > 1 ? `one row in ${stride} is computed` : 'rows that are late are left out'
  return `This machine does not keep up: ${what}. Choose fewer channels, a smaller NFFT or a longer row interval.`
}

export function createJobPipeline(options: PipelineOptions): JobPipeline {
  const { jobId, request, hub } = options
  const live = request.timeRange === null
  const own = { invalidValues: 0, gaps: 0, gapNs: 0n, lostBlocks: 0, lostRows: 0, recreations: 0 }
  let offer: StreamOffer | null = null
  let ring: SampleRing | null = null
  let picture: BlocksPicture | RowsPicture | null = null
  let lastRow = -1
  /** Time of row 0 of the picture, and between rows. */
  let axis = { originNs: 0n, rowIntervalNs: 1e9 }
  let beginsAgain = false
  let awayReason = backendAway
  let hubIsFull = false
  let paused = false
  let shedAtMs = -Infinity

  const balance = (): void => {
    const want = hubIsFull || pacer.isFull
    if (want === paused) return
    paused = want
    if (want) options.pause()
    else options.resume()
  }

  const watchHub = (): void => {
    // A live job never waits for a window: the hub sheds rows of that window instead.
    hubIsFull = !live && !hub.writable
    balance()
  }
  const stopWatching = hub.onWritable(watchHub)
  const pacer = createRowPacer(
    live ? null : options.pace,
    options.clock,
    {
      rows(rows) {
        hub.publish(rows)
        watchHub()
      },
      missing: (tell) => tell()
    },
    () => balance()
  )

  const hubGap = (rows: { first: number; count: number }, gap: StreamGap): void => {
    if (rows.count === 0) return
    const { startNs, endNs, reason } = gap
    const told = { firstRow: rows.first, rowCount: rows.count, missingMs: Number(endNs - startNs) / 1e6, reason }
    pacer.missing(rows.first, () => hub.gap(told))
  }

  const describe = (description: JobViewDescription): void => {
    axis = { originNs: BigInt(description.originNs), rowIntervalNs: description.rowIntervalNs }
    hub.describe(description)
    pacer.begin(description.rowIntervalNs)
  }

  const putAway = (): void => {
    if (picture?.kind === 'blocks') picture.analysis.dispose()
    picture = null
    lastRow = -1
    balance()
  }

  /** What the analysis of a picture says. */
  const analysisListener = (isCurrent: () => boolean): AnalysisListener => ({
    rows(rows) {
      if (!isCurrent()) return
      own.invalidValues += rows.invalidValues
      lastRow = rows.firstRow + rows.rowCount - 1
      pacer.rows(rows)
    },
    shed({ first, count }) {
      if (!isCurrent()) return
      shedAtMs = performance.now()
      pacer.missing(first, () => hub.shed({ firstRow: first, rowCount: count }))
    },
    gap(gap) {
      if (!isCurrent()) return
      own.gaps++
      own.gapNs += gap.endNs - gap.startNs
      if (gap.firstSequence !== null && gap.lastSequence !== null)
        own.lostBlocks += gap.lastSequence - gap.firstSequence + 1
      own.lostRows += gap.rows?.count ?? 0
      hubGap(gap.rows ?? { first: 0, count: 0 }, gap)
      options.lost(gap.reason)
    },
    failed(reason) {
      if (isCurrent()) options.failed(reason)
    }
  })

  const openBlocks = (from: StreamOffer, lies: SampleRing, block: StoredBlock): BlocksPicture | null => {
    const grid = createBlockGrid(block)
    const plan = analysisPlanFor(request, from, block, grid.originNs)
    if (typeof plan === 'string') {
      options.failed(plan)
      return null
    }
    const description = blocksDescription(jobId, from, plan)
    describe(description)
    const analysis = options.analysisHost.open(
      plan,
      lies,
      analysisListener(() => picture === opened)
    )
    const opened: BlocksPicture = {
      kind: 'blocks',
      offer: from,
      plan,
      grid,
      rows: planGrid(plan),
      analysis,
      expectedRows: description.expectedRows
    }
    options.described(from)
    return opened
  }

  const ownGap = (startNs: Nanoseconds, endNs: Nanoseconds, rows: StreamGap['rows']): StreamGap => {
    own.gaps++
    own.gapNs += endNs - startNs
    own.lostRows += rows?.count ?? 0
    return { startNs, endNs, firstSequence: null, lastSequence: null, rows, reason: awayReason }
  }

  const tellSamples = (target: BlocksPicture, gap: StreamGap): void => {
    const from = target.grid.sampleAt(gap.startNs)
    const to = target.grid.sampleAt(gap.endNs)
    const rows = target.rows.rowsTouching(from, to)
    // In its place: rows from before it may still be in work.
    target.analysis.mark(() => {
      if (picture === target) hubGap(rows, gap)
    })
  }

  const takeBlock = (block: StoredBlock): void => {
    if (!offer || !ring) return
    if (picture && (picture.kind !== 'blocks' || picture.plan.scale !== block.scale)) putAway()
    picture ??= openBlocks(offer, ring, block)
    if (picture?.kind !== 'blocks') return
    const { grid, analysis } = picture
    const endNs = grid.endNs()
    if (beginsAgain) {
      beginsAgain = false
      grid.beginAgain()
      if (endNs !== null && Number(block.startNs - endNs) > block.sampleIntervalNs / 2)
        tellSamples(picture, ownGap(endNs, block.startNs, null))
    }
    const placed = grid.place(block)
    if (placed) analysis.push(placed)
  }

  /** The samples lie elsewhere from now on: the picture goes on, without the rows that would need both places. */
  const takeRing = (next: SampleRing): void => {
    ring = next
    if (picture?.kind !== 'blocks') return
    const current = picture
    current.analysis.dispose()
    current.analysis = options.analysisHost.open(
      current.plan,
      next,
      analysisListener(() => picture === current)
    )
  }

  const takeRows = (rows: RowBlock): void => {
    if (!offer) return
    if (picture?.kind === 'blocks') putAway()
    if (!picture) {
      const description = rowsDescription(jobId, offer)
      describe(description)
      picture = {
        kind: 'rows',
        offer,
        originNs: BigInt(description.originNs),
        offset: 0,
        expectedRows: description.expectedRows
      }
      options.described(offer)
    }
    if (picture.kind !== 'rows') return
    const intervalNs = picture.offer.sampleIntervalNs
    if (beginsAgain) {
      beginsAgain = false
      const byTime = Math.round(Number(rows.firstCentreNs - picture.originNs) / intervalNs)
      picture.offset = byTime - rows.firstRow
      const missing = byTime - (lastRow + 1)
      if (lastRow >= 0 && missing > 0) {
        const startNs = rows.firstCentreNs - BigInt(Math.round(missing * intervalNs))
        const lostRows = { first: lastRow + 1, count: missing }
        hubGap(lostRows, ownGap(startNs, rows.firstCentreNs, lostRows))
      }
    }
    own.invalidValues += markInvalid(rows.values)
    const firstRow = rows.firstRow + picture.offset
    lastRow = Math.max(lastRow, firstRow + rows.rowCount - 1)
    const dataEndNs = rows.firstCentreNs + BigInt(Math.round((rows.rowCount - 0.5) * intervalNs))
    pacer.rows({
      firstRow,
      rowCount: rows.rowCount,
      columnCount: rows.columnCount,
      dataEndNs,
      values: rows.values,
      invalidValues: 0
    })
  }

  return {
    listener() {
      if (picture) {
        beginsAgain = true
        awayReason = backendAway
        own.recreations++
      }
      // The new stream does not know that the one before it was paused.
      paused = false
      queueMicrotask(balance)
      return {
        offer(next) {
          if (picture && !isSamePicture(picture.offer, next)) putAway()
          offer = next
        },
        ring: takeRing,
        block: takeBlock,
        rows: takeRows,
        interrupted(reason) {
          // Blocks are counted on by the backend; rows are counted anew.
          if (picture?.kind !== 'rows') return
          beginsAgain = true
          awayReason = reason
        },
        gap(gap) {
          if (picture?.kind === 'blocks') tellSamples(picture, gap)
          else if (picture && gap.rows) hubGap({ ...gap.rows, first: gap.rows.first + picture.offset }, gap)
        }
      }
    },
    counters() {
      const queue = picture?.kind === 'blocks' ? picture.analysis.queue() : null
      const isShedding = queue !== null && (queue.stride > 1 || performance.now() - shedAtMs < overloadToldMs)
      return {
        service: picture?.offer.service ?? null,
        ...own,
        queue: { length: queue?.length ?? 0, capacity: queue?.capacity ?? 0, ageMs: queue?.ageMs ?? 0 },
        overload: isShedding ? overloadSentence(queue.stride) : null
      }
    },
    endNs() {
      if (picture?.kind === 'blocks') return picture.grid.endNs()
      return picture && lastRow >= 0
        ? picture.originNs + BigInt(Math.round((lastRow + 0.5) * picture.offer.sampleIntervalNs))
        : null
    },
    progress: () =>
      picture?.expectedRows ? Math.min(1, Math.max(0, (lastRow + 1) / picture.expectedRows)) : live ? null : 0,
    async finish() {
      if (picture?.kind === 'blocks') await picture.analysis.flush()
      await pacer.drained()
    },
    setPace: (pace) => pacer.setPace(pace),
    playback() {
      if (live) return null
      const row = pacer.position()
      const positionNs = row === null ? null : axis.originNs + BigInt(Math.round(row * axis.rowIntervalNs))
      return { pace: pacer.pace, positionNs, isWaiting: pacer.isWaiting }
    },
    dispose() {
      stopWatching()
      pacer.dispose()
      if (picture?.kind === 'blocks') picture.analysis.dispose()
    }
  }
}
