import type { Nanoseconds } from '../../src-preload/contract/units.ts'
import type { SampleBlock, StreamGap } from '../streams/streamSource.ts'
import type { Analysis, AnalysisListener, AnalysisPlan } from './analysis.ts'
import { planGrid } from './planGrid.ts'
import { unknownMessage, type WorkerCommand, type WorkerReport } from './protocol.ts'
import { createSampleRing } from './sampleRing.ts'

/** Half of it is past the high-water mark: more than a gRPC flow-control window that still arrives after a pause. */
const smallestRingBytes = 16 * 1024 * 1024
const largestRingBytes = 128 * 1024 * 1024
const ringSeconds = 1
/** Parts of the ring: above the first the stream is asked to pause, below the second to go on. */
const highWater = 0.5
const lowWater = 0.25
/** Bound for blocks that are so small that the ring alone would hold very many. */
const inFlightMax = 4096

interface InFlight {
  endPosition: number
  sequence: number
  firstSample: number
  endSample: number
  pushedAtMs: number
}

/** A range of blocks that were lost and are not reported yet. */
interface Loss {
  firstSequence: number
  lastSequence: number
  firstSample: number
  endSample: number
  reason: string
}

/** Main's side of one analysis, as the host sees it. */
export interface HostAnalysis extends Analysis {
  readonly id: number
  readonly plan: AnalysisPlan
  /** What the worker needs to begin, again after a restart. */
  openCommand(): WorkerCommand
  take(report: Exclude<WorkerReport, { kind: 'delay' }>): void
  /** The worker died: what it had is lost. Comes before the new worker is opened. */
  workerLost(reason: string): void
  fail(reason: string): void
}

export function createHostAnalysis(
  id: number,
  plan: AnalysisPlan,
  listener: AnalysisListener,
  /** False where there is no worker now. */
  send: (command: WorkerCommand) => boolean,
  disposed: () => void
): HostAnalysis {
  const { channelCount, elementType, originNs, sampleIntervalNs } = plan
  const bytesPerSample = channelCount * (elementType === 'int16' ? 2 : 4)
  const wantedBytes = (bytesPerSample * 1e9 * ringSeconds) / sampleIntervalNs
  const ringBytes = Math.min(largestRingBytes, Math.max(smallestRingBytes, wantedBytes))
  const ring = createSampleRing(Math.max(1, Math.floor(ringBytes / bytesPerSample)), bytesPerSample)
  const grid = planGrid(plan)
  const inFlight: InFlight[] = []
  const flushes = new Map<number, () => void>()
  let nextFlush = 1
  let isAboveHighWater = false
  let isEnded = false
  let drops = 0
  let lastBlockSamples = 0
  /** Rows below this are out or were reported lost. Null before the first block. */
  let nextRow: number | null = null
  /** Sample after the last that was pushed. */
  let endSample = 0
  let loss: Loss | null = null

  const timeOf = (sample: number): Nanoseconds => originNs + BigInt(Math.round(sample * sampleIntervalNs))

  function addLoss(lost: Loss): void {
    if (loss?.reason === lost.reason && loss.endSample === lost.firstSample) {
      loss = { ...loss, lastSequence: lost.lastSequence, endSample: lost.endSample }
      return
    }
    reportLoss()
    loss = lost
  }

  /** Blocks lost one after the other make one gap, told before whatever follows it. */
  function reportLoss(): void {
    if (!loss) return
    const { firstSequence, lastSequence, firstSample, endSample: end, reason } = loss
    loss = null
    const rows = grid.rowsTouching(firstSample, end)
    listener.gap({ startNs: timeOf(firstSample), endNs: timeOf(end), firstSequence, lastSequence, rows, reason })
  }

  function lose(block: SampleBlock, reason: string): void {
    drops++
    const { sequence, firstSample, sampleCount } = block
    addLoss({
      firstSequence: sequence,
      lastSequence: sequence,
      firstSample,
      endSample: firstSample + sampleCount,
      reason
    })
  }

  /** Why a block cannot be analysed under this plan, or null. */
  function mismatch(block: SampleBlock): string | null {
    if (block.elementType !== elementType) return `samples came as ${block.elementType}, expected ${elementType}`
    if (block.channelCount !== channelCount) return `${block.channelCount} channels came, expected ${channelCount}`
    const expected = block.sampleCount * bytesPerSample
    if (block.data.byteLength !== expected) return `${block.data.byteLength} bytes came, expected ${expected}`
    return null
  }

  function relieve(): void {
    if (!isAboveHighWater || ring.usedSamples > ring.capacitySamples * lowWater) return
    isAboveHighWater = false
    listener.drained()
  }

  function settleFlushes(): void {
    const settle = [...flushes.values()]
    flushes.clear()
    for (const resolve of settle) resolve()
  }

  function end(): void {
    isEnded = true
    inFlight.length = 0
    ring.clear()
    settleFlushes()
  }

  return {
    id,
    plan,
    openCommand: () => ({
      kind: 'open',
      analysis: id,
      // Field by field: the origin is no business of the worker's.
      plan: {
        channelCount,
        channelsPerColumn: plan.channelsPerColumn,
        sampleIntervalNs,
        elementType,
        scale: plan.scale,
        nfft: plan.nfft,
        rowIntervalS: plan.rowIntervalS,
        lowHz: plan.lowHz,
        highHz: plan.highHz,
        content: plan.content,
        live: plan.live
      },
      ring: ring.buffer,
      capacitySamples: ring.capacitySamples
    }),
    push(block) {
      if (isEnded) return true
      lastBlockSamples = block.sampleCount
      endSample = Math.max(endSample, block.firstSample + block.sampleCount)
      nextRow ??= grid.firstRowFrom(block.firstSample)
      const wrong = mismatch(block)
      if (wrong) {
        lose(block, wrong)
        return !isAboveHighWater
      }
      const position = inFlight.length < inFlightMax ? ring.store(block.data, block.sampleCount) : null
      if (position === null) {
        lose(block, 'the analysis is too slow: its queue is full')
        return false
      }
      const { firstSample, sampleCount, sequence } = block
      const isSent = send({ kind: 'block', analysis: id, position, firstSample, sampleCount })
      if (!isSent) {
        ring.clear()
        lose(block, 'the analysis worker is being restarted')
        return !isAboveHighWater
      }
      reportLoss()
      inFlight.push({
        endPosition: position + sampleCount,
        sequence,
        firstSample,
        endSample: firstSample + sampleCount,
        pushedAtMs: Date.now()
      })
      if (ring.usedSamples > ring.capacitySamples * highWater) isAboveHighWater = true
      return !isAboveHighWater
    },
    gap(gap: StreamGap) {
      if (isEnded) return
      // Rounded down: a sample too few is found by the next block's own index, a sample too many would cost rows.
      const sample = Math.floor(Number(gap.endNs - originNs) / sampleIntervalNs)
      if (sample > 0) send({ kind: 'skip', analysis: id, sample })
    },
    queue: () => ({
      length: inFlight.length,
      capacity: Math.min(inFlightMax, Math.floor(ring.capacitySamples / Math.max(1, lastBlockSamples))),
      ageMs: inFlight.length === 0 ? 0 : Date.now() - inFlight[0]!.pushedAtMs,
      drops
    }),
    flush() {
      reportLoss()
      if (isEnded) return Promise.resolve()
      const sequence = nextFlush++
      return new Promise((resolve) => {
        flushes.set(sequence, resolve)
        if (!send({ kind: 'flush', analysis: id, sequence })) {
          flushes.delete(sequence)
          resolve()
        }
      })
    },
    take(report) {
      if (isEnded) return
      switch (report.kind) {
        case 'rows': {
          nextRow = report.firstRow + report.rowCount
          const lastSample = grid.firstSample(nextRow - 1) + grid.windowSamples
          const { firstRow, rowCount, columnCount, values, invalidValues } = report
          listener.rows({ firstRow, rowCount, columnCount, dataEndNs: timeOf(lastSample), values, invalidValues })
          return
        }
        case 'consumed':
          while (inFlight.length > 0 && inFlight[0]!.endPosition <= report.position) inFlight.shift()
          ring.consumed(report.position)
          relieve()
          return
        case 'flushed':
          flushes.get(report.sequence)?.()
          flushes.delete(report.sequence)
          return
        case 'failed':
          this.fail(report.reason)
          return
        default:
          unknownMessage(report)
      }
    },
    workerLost(reason) {
      if (isEnded) return
      reportLoss()
      const first = inFlight[0]
      const firstRow = nextRow ?? 0
      // The window that the worker held is gone too: rows are whole again from the first that begins after it.
      const rows = {
        first: firstRow,
        count: nextRow === null ? 0 : Math.max(0, grid.firstRowFrom(endSample) - firstRow)
      }
      if (first || rows.count > 0) {
        drops += inFlight.length
        listener.gap({
          startNs: timeOf(first ? first.firstSample : Math.min(endSample, grid.firstSample(firstRow))),
          endNs: timeOf(endSample),
          firstSequence: first?.sequence ?? null,
          lastSequence: inFlight.at(-1)?.sequence ?? null,
          rows,
          reason
        })
        nextRow = firstRow + rows.count
      }
      inFlight.length = 0
      ring.clear()
      settleFlushes()
      relieve()
    },
    fail(reason) {
      if (isEnded) return
      reportLoss()
      end()
      listener.failed(reason)
    },
    dispose() {
      if (!isEnded) end()
      send({ kind: 'close', analysis: id })
      disposed()
    }
  }
}
