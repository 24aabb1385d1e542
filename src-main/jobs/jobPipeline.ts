import type { JobRequest, StreamStatistics, ViewLayer } from '../../src-preload/contract/schemas.ts'
import type { Nanoseconds } from '../../src-preload/contract/units.ts'
import type { AnalysisHost, StoredBlock } from '../analysis/analysis.ts'
import { planGrid } from '../analysis/planGrid.ts'
import type { RowHub } from '../analysis/rowHub.ts'
import type { SampleRing } from '../analysis/sampleRing.ts'
import type { IngestListener } from '../ingest/ingestHost.ts'
import type { RowBlock, StreamGap, StreamOffer } from '../streams/streamSource.ts'
import type { Clock } from '../clock.ts'
import { createBlockGrid, type BlockGrid } from './blockGrid.ts'
import { createBlockTrim } from './blockTrim.ts'
import { blocksDescription, rowsDescription } from './layerDescriptions.ts'
import { createLayerAnalysis, createLayerOutput, markInvalid, type LayerAnalysis } from './layerOutput.ts'
import { createOverloadWords } from './overloadWords.ts'
import { awaitingSentence } from './awaiting.ts'
import { createRowPacer } from './rowPacer.ts'
import { bandEnergyRefusal, isSamePicture, layerPlansFor, type LayerPlans } from './viewPlan.ts'

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

export type CountedLosses = Pick<
  PipelineCounters,
  'invalidValues' | 'gaps' | 'gapNs' | 'lostBlocks' | 'lostRows' | 'recreations'
>

export interface PipelineOptions {
  jobId: string
  request: JobRequest
  /** By layer; the picture's is always there. */
  hubs: ReadonlyMap<ViewLayer, RowHub>
  analysisHost: AnalysisHost
  clock: Clock
  /** Of a historic job: see `setPace`. */
  pace: number | null
  /** Historic, after a seek: what a backend sends from before this time is left out. */
  fromNs?: Nanoseconds | null
  /** NFFT of the picture before. */
  keptNfft?: number | null
  /** What the pipelines before this one have counted. */
  counted?: CountedLosses
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
  /** Live: at most one row in so many is computed from now on; 1: all. */
  thin(stride: number): void
  /** Analysis time since it began, ms. */
  computeMs(): number
  /** Up to where data has come; null before the first. */
  endNs(): Nanoseconds | null
  progress(): number | null
  /** Historic: times real time; null as fast as it can, 0 stands still. */
  setPace(pace: number | null): void
  /** Historic: hands out so many more rows of the picture at once, whatever the pace. */
  step(rowCount: number): void
  /** Of the picture; null before the first block. */
  nfft(): number | null
  /** How long before a time samples must begin so that the first row stands for it, ns; null before the first block. */
  leadNs(): number | null
  /** Between rows of the picture. */
  rowIntervalNs(): number
  /** What is waited for before there is a picture, in words; null where there is one, or nothing has come. */
  awaiting(): string | null
  /** Null for a live job. `isWaiting`: rows are there whose time has not come. */
  playback(): { pace: number | null; positionNs: Nanoseconds | null; isWaiting: boolean } | null
  /** Everything that came has become rows. */
  finish(): Promise<void>
  dispose(): void
}

interface BlocksPicture {
  kind: 'blocks'
  offer: StreamOffer
  scale: number
  grid: BlockGrid
  /** The picture first. */
  layers: LayerAnalysis[]
}

interface RowsPicture {
  kind: 'rows'
  offer: StreamOffer
  originNs: Nanoseconds
  offset: number
  expectedRows: number | null
}

const backendAway = 'the backend was away'

export function createJobPipeline(options: PipelineOptions): JobPipeline {
  const { jobId, request, hubs } = options
  const live = request.timeRange === null
  const own: CountedLosses = options.counted
    ? { ...options.counted }
    : { invalidValues: 0, gaps: 0, gapNs: 0n, lostBlocks: 0, lostRows: 0, recreations: 0 }
  const afterStart = createBlockTrim(options.fromNs ?? null)
  let offer: StreamOffer | null = null
  let ring: SampleRing | null = null
  let picture: BlocksPicture | RowsPicture | null = null
  /** When playback's time is 0, and between rows of the picture. */
  let axis = { originNs: 0n, rowIntervalNs: 1e9 }
  let beginsAgain = false
  let awayReason = backendAway
  let hubIsFull = false
  let paused = false
  const overload = createOverloadWords()
  let earlierMs = 0

  const balance = (): void => {
    const want = hubIsFull || pacer.isFull
    if (want === paused) return
    paused = want
    if (want) options.pause()
    else options.resume()
  }

  const watchHubs = (): void => {
    // A live job never waits for a window: the hub sheds rows of that window instead.
    hubIsFull = !live && [...hubs.values()].some((hub) => !hub.writable)
    balance()
  }
  const stopWatching = [...hubs.values()].map((hub) => hub.onWritable(watchHubs))
  const pacer = createRowPacer(live ? null : options.pace, options.clock, () => balance())
  const outputs = new Map(
    [...hubs].map(([layer, hub]) => [layer, createLayerOutput(layer, hub, pacer, watchHubs)] as const)
  )
  const pictureOutput = outputs.get('picture')!

  const putAway = (): void => {
    if (picture?.kind === 'blocks')
      for (const layer of picture.layers) {
        earlierMs += layer.computeMs()
        layer.dispose()
      }
    picture = null
    balance()
  }

  /** Losses are counted by the picture: another layer's of the same samples are the same. */
  const openLayer = (from: StreamOffer, lies: SampleRing, plan: LayerAnalysis['plan'], layer: ViewLayer) => {
    const description = blocksDescription(jobId, from, plan)
    const isPicture = layer === 'picture'
    const { windowSamples, rowIntervalNs } = planGrid(plan)
    // One layer alone is shown by the middle of its rows; several by when their samples are all there, as they come live.
    const isAlone = hubs.size === 1
    if (isPicture) axis = { originNs: isAlone ? BigInt(description.originNs) : plan.originNs, rowIntervalNs }
    const output = outputs.get(layer)!
    output.describe(description, isAlone ? 0 : windowSamples * plan.sampleIntervalNs)
    return createLayerAnalysis({
      host: options.analysisHost,
      output,
      plan,
      expectedRows: description.expectedRows,
      ring: lies,
      listener: {
        invalid(values) {
          if (isPicture) own.invalidValues += values
        },
        shed: () => overload.shed(),
        lost(gap) {
          if (!isPicture) return
          own.gaps++
          own.gapNs += gap.endNs - gap.startNs
          if (gap.firstSequence !== null && gap.lastSequence !== null)
            own.lostBlocks += gap.lastSequence - gap.firstSequence + 1
          own.lostRows += gap.rows?.count ?? 0
          options.lost(gap.reason)
        },
        failed: options.failed
      }
    })
  }

  const openBlocks = (from: StreamOffer, lies: SampleRing, block: StoredBlock): BlocksPicture | null => {
    const grid = createBlockGrid(block)
    const plans = layerPlansFor(request, from, block, grid.originNs, options.keptNfft)
    if (typeof plans === 'string') {
      options.failed(plans)
      return null
    }
    // Several layers begin together: with the first row of the picture and all samples that it is of.
    const [{ plan: first }] = plans as [LayerPlans[number]]
    pacer.restart(hubs.size > 1 ? planGrid(first).windowSamples * first.sampleIntervalNs : null)
    const layers = plans.map(({ layer, plan }) => openLayer(from, lies, plan, layer))
    for (const layer of layers) layer.thin(overload.asked)
    options.described(from)
    return { kind: 'blocks', offer: from, scale: block.scale, grid, layers }
  }

  const ownGap = (startNs: Nanoseconds, endNs: Nanoseconds, rows: StreamGap['rows']): StreamGap => {
    own.gaps++
    own.gapNs += endNs - startNs
    own.lostRows += rows?.count ?? 0
    return { startNs, endNs, firstSequence: null, lastSequence: null, rows, reason: awayReason }
  }

  const tellSamples = ({ grid, layers }: BlocksPicture, gap: StreamGap): void => {
    for (const layer of layers) layer.missing(grid.sampleAt(gap.startNs), grid.sampleAt(gap.endNs), gap)
  }

  const takeBlock = (stored: StoredBlock): void => {
    if (!offer || !ring) return
    const block = afterStart(stored)
    if (!block) return
    if (picture && (picture.kind !== 'blocks' || picture.scale !== block.scale)) putAway()
    picture ??= openBlocks(offer, ring, block)
    if (picture?.kind !== 'blocks') return
    const { grid, layers } = picture
    const endNs = grid.endNs()
    if (beginsAgain) {
      beginsAgain = false
      grid.beginAgain()
      if (endNs !== null && Number(block.startNs - endNs) > block.sampleIntervalNs / 2)
        tellSamples(picture, ownGap(endNs, block.startNs, null))
    }
    const placed = grid.place(block)
    if (placed) for (const layer of layers) layer.push(placed)
  }

  const takeRing = (next: SampleRing): void => {
    ring = next
    if (picture?.kind === 'blocks') for (const layer of picture.layers) layer.moveTo(next)
  }

  const takeRows = (rows: RowBlock): void => {
    if (!offer) return
    if (picture?.kind === 'blocks') putAway()
    if (!picture) {
      const description = rowsDescription(jobId, offer)
      pacer.restart()
      axis = { originNs: BigInt(description.originNs), rowIntervalNs: description.rowIntervalNs }
      pictureOutput.describe(description, 0)
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
      const { lastRow } = pictureOutput
      const missing = byTime - (lastRow + 1)
      if (lastRow >= 0 && missing > 0) {
        const startNs = rows.firstCentreNs - BigInt(Math.round(missing * intervalNs))
        const lostRows = { first: lastRow + 1, count: missing }
        pictureOutput.gap(lostRows, ownGap(startNs, rows.firstCentreNs, lostRows))
      }
    }
    own.invalidValues += markInvalid(rows.values)
    const firstRow = rows.firstRow + picture.offset
    const dataEndNs = rows.firstCentreNs + BigInt(Math.round((rows.rowCount - 0.5) * intervalNs))
    pictureOutput.rows({
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
          if (next.content === 'bandEnergy' && request.view !== 'waterfall')
            return options.failed(bandEnergyRefusal(next.sourceName))
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
          else if (picture && gap.rows) pictureOutput.gap({ ...gap.rows, first: gap.rows.first + picture.offset }, gap)
        }
      }
    },
    thin(stride) {
      overload.asked = stride
      if (picture?.kind === 'blocks') for (const layer of picture.layers) layer.thin(stride)
    },
    computeMs: () =>
      earlierMs + (picture?.kind === 'blocks' ? picture.layers.reduce((sum, layer) => sum + layer.computeMs(), 0) : 0),
    counters() {
      const queues = picture?.kind === 'blocks' ? picture.layers.map((layer) => layer.queue()) : []
      const [queue] = queues
      return {
        service: picture?.offer.service ?? null,
        ...own,
        queue: { length: queue?.length ?? 0, capacity: queue?.capacity ?? 0, ageMs: queue?.ageMs ?? 0 },
        overload: overload.sentence(queues)
      }
    },
    endNs() {
      if (picture?.kind === 'blocks') return picture.grid.endNs()
      const { lastRow } = pictureOutput
      return picture && lastRow >= 0
        ? picture.originNs + BigInt(Math.round((lastRow + 0.5) * picture.offer.sampleIntervalNs))
        : null
    },
    progress() {
      const expectedRows = picture?.kind === 'blocks' ? picture.layers[0]!.expectedRows : picture?.expectedRows
      if (expectedRows) return Math.min(1, (pictureOutput.lastRow + 1) / expectedRows)
      return live ? null : 0
    },
    async finish() {
      if (picture?.kind === 'blocks') await Promise.all(picture.layers.map((layer) => layer.flush()))
      await pacer.drained()
    },
    step: (rowCount) => pacer.advanceBy(rowCount * axis.rowIntervalNs),
    nfft: () => (picture?.kind === 'blocks' ? picture.layers[0]!.plan.nfft : null),
    rowIntervalNs: () => axis.rowIntervalNs,
    leadNs() {
      if (picture?.kind !== 'blocks') return null
      const { plan } = picture.layers[0]!
      const grid = planGrid(plan)
      return hubs.size > 1
        ? grid.windowSamples * plan.sampleIntervalNs
        : Number(grid.centreNs(plan.originNs, 0) - plan.originNs)
    },
    awaiting() {
      if (picture?.kind !== 'blocks' || pictureOutput.lastRow >= 0) return null
      const endNs = picture.grid.endNs()
      return endNs === null ? null : awaitingSentence(picture.layers[0]!.plan, endNs)
    },
    setPace: (pace) => pacer.setPace(pace),
    playback() {
      if (live) return null
      const reachedNs = pacer.position()
      const positionNs = reachedNs === null ? null : axis.originNs + BigInt(Math.round(reachedNs))
      return { pace: pacer.pace, positionNs, isWaiting: pacer.isWaiting }
    },
    dispose() {
      for (const stop of stopWatching) stop()
      pacer.dispose()
      if (picture?.kind === 'blocks') for (const layer of picture.layers) layer.dispose()
    }
  }
}
