import type { StreamStatistics } from '../../src-preload/contract/schemas.ts'
import type { RowHub } from '../analysis/rowHub.ts'
import type { Clock } from '../clock.ts'
import { addCounters, noCounters } from '../ingest/counters.ts'
import type { IngestCounters } from '../ingest/protocol.ts'
import type { PipelineCounters } from './jobPipeline.ts'

/** Adds up what the streams of a job counted, one after the other: a job that is created anew keeps its counts. */
export interface StreamTotals {
  /** The counters of a stream that is being put away. */
  keep(counters: IngestCounters): void
  with(current: IngestCounters | null): IngestCounters
}

export function createStreamTotals(): StreamTotals {
  let before = noCounters()
  return {
    keep(counters) {
      before = addCounters(before, counters)
    },
    with: (current) => (current ? addCounters(before, current) : before)
  }
}

const rateWindowMs = 3000

export interface StatisticsReader {
  /** Called a few times a second: rates are over the last seconds. */
  read(): StreamStatistics
}

export function createStatisticsReader(
  clock: Clock,
  hub: RowHub,
  counters: () => IngestCounters,
  pipeline: () => PipelineCounters,
  workerRestarts: () => number
): StatisticsReader {
  const restartsBefore = workerRestarts()
  const samples: { atMs: number; bytes: number; rows: number }[] = []

  const rates = (bytes: number, rows: number): { bytesPerS: number; rowsPerS: number } => {
    const atMs = clock.monotonicMs()
    const newest = samples.at(-1)
    if (!newest || atMs - newest.atMs >= 100) samples.push({ atMs, bytes, rows })
    while (samples.length > 2 && atMs - samples[1]!.atMs > rateWindowMs) samples.shift()
    const first = samples[0]!
    const seconds = (atMs - first.atMs) / 1000
    return seconds < 0.2
      ? { bytesPerS: 0, rowsPerS: 0 }
      : { bytesPerS: (bytes - first.bytes) / seconds, rowsPerS: (rows - first.rows) / seconds }
  }

  return {
    read() {
      const stream = counters()
      const more = pipeline()
      const shown = hub.statistics()
      return {
        service: more.service,
        ...rates(stream.bytes, shown.rows),
        bytes: stream.bytes,
        blocks: stream.blocks,
        rows: shown.rows,
        latencyMs: shown.latencyMs,
        drawnLatencyMs: shown.drawnLatencyMs,
        gaps: stream.gaps + more.gaps,
        gapS: Number(stream.gapNs + more.gapNs) / 1e9,
        lostBlocks: stream.lostBlocks + more.lostBlocks,
        lostRows: stream.lostRows + more.lostRows,
        badMessages: stream.badMessages,
        invalidValues: more.invalidValues,
        shedRows: shown.shedRows,
        queue: more.queue,
        ringFill: stream.ringFill,
        overload: more.overload,
        pauses: stream.pauses,
        reconnects: stream.reconnects + more.recreations,
        workerRestarts: workerRestarts() - restartsBefore,
        silentMs: stream.lastArrivalMs === null ? null : Math.max(0, clock.nowMs() - stream.lastArrivalMs)
      }
    }
  }
}
