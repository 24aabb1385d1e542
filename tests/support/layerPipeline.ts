import { resolve } from 'node:path'
import { decodeFrame, type Frame, type GapFrame, type RowsFrame } from '../../src-preload/contract/frames.ts'
import type { JobRequest, ViewDescription, ViewLayer } from '../../src-preload/contract/schemas.ts'
import { createAnalysisHost } from '../../src-main/analysis/analysisHost.ts'
import { ringLayoutFor } from '../../src-main/analysis/ringSize.ts'
import { createRowHub } from '../../src-main/analysis/rowHub.ts'
import { createRingWriter, createSampleRing } from '../../src-main/analysis/sampleRing.ts'
import { systemClock } from '../../src-main/clock.ts'
import { createJobPipeline } from '../../src-main/jobs/jobPipeline.ts'
import type { StreamOffer } from '../../src-main/streams/streamSource.ts'

export interface LayerSource {
  request: Partial<JobRequest>
  channelCount: number
  sampleIntervalNs: number
  startNs: bigint
  elementType?: 'int16' | 'float32'
  scale?: number
  /** Historic: how many samples there are; null: live. */
  totalSamples: number | null
  /** Stored value. */
  valueAt(sample: number, channel: number): number
  pace?: number | null
  historyBytes?: number
}

/** What a window of one layer has. */
export interface SeenLayer {
  frames: Frame[]
  descriptions: ViewDescription[]
  description(): ViewDescription
  rows: Map<number, Float32Array>
  gaps(): GapFrame[]
}

/** A job's pipeline with real workers on blocks that are handed in, and a window on each of its layers. */
export function layerPipeline(source: LayerSource) {
  const { channelCount, sampleIntervalNs, startNs, elementType = 'float32', scale = 1, totalSamples } = source
  const live = totalSamples === null
  const timeOf = (sample: number): bigint => startNs + BigInt(Math.round(sample * sampleIntervalNs))
  const request: JobRequest = {
    view: 'multi',
    channels: { min: 1, max: channelCount },
    band: null,
    nfft: 128,
    rowIntervalS: 0.05,
    timeRange: live ? null : { startNs: startNs.toString(), endNs: timeOf(totalSamples).toString() },
    recording: null,
    ...source.request
  }
  const offer: StreamOffer = {
    service: 'blocks',
    live,
    content: 'samples',
    sourceName: 'test',
    unit: 'rad',
    quantity: 'phase',
    firstChannel: 1,
    channelStep: 1,
    channelCount,
    firstDistanceM: 0,
    channelSpacingM: 1,
    sampleIntervalNs,
    startNs: live ? null : startNs,
    endNs: live ? null : timeOf(totalSamples),
    bandLowHz: null,
    bandHighHz: null
  }
  const host = createAnalysisHost({
    workerFile: resolve(import.meta.dirname, '../../src-main/analysis/worker.ts'),
    workerCount: 1
  })
  let subscriptions = 0
  const layers: ViewLayer[] = request.view === 'waterfall' ? ['picture'] : ['picture', 'trace']
  const hubs = new Map(
    layers.map((layer) => [
      layer,
      createRowHub({ historyBytes: source.historyBytes ?? 64e6, nextSubscriptionId: () => ++subscriptions })
    ])
  )
  const told: string[] = []
  const pipeline = createJobPipeline({
    jobId: 'job-1',
    request,
    hubs,
    analysisHost: host,
    clock: systemClock(),
    pace: source.pace ?? null,
    pause: () => void told.push('pause'),
    resume: () => void told.push('resume'),
    described: () => void told.push('described'),
    lost: (reason) => void told.push(`lost: ${reason}`),
    failed: (reason) => void told.push(`failed: ${reason}`)
  })

  function watch(layer: ViewLayer): SeenLayer {
    const frames: Frame[] = []
    const descriptions: ViewDescription[] = []
    const rows = new Map<number, Float32Array>()
    const take = (frame: RowsFrame): void => {
      for (let row = 0; row < frame.rowCount; row++)
        rows.set(frame.firstRow + row, frame.values.slice(row * frame.columnCount, (row + 1) * frame.columnCount))
    }
    const subscription = hubs.get(layer)!.subscribe(
      {
        describe: (description) => void descriptions.push(description),
        send(buffer) {
          const frame = decodeFrame(buffer)!
          frames.push(frame)
          if (frame.kind === 'rows') take(frame)
          queueMicrotask(() => subscription.credit(100, []))
        }
      },
      { columnsMax: 70_000 }
    )
    subscription.credit(1000, [])
    return {
      frames,
      descriptions,
      rows,
      description: () => descriptions.at(-1)!,
      gaps: () => frames.filter((frame) => frame.kind === 'gap')
    }
  }
  const seen = new Map(layers.map((layer) => [layer, watch(layer)]))

  /** A stream of its own; samples before `from` are handed in no more. */
  function stream(blockSamples: number) {
    const listener = pipeline.listener()
    const demand = { channelCount, elementType, sampleIntervalNs, live }
    const ring = createSampleRing(ringLayoutFor({ ...demand, windowSamples: request.nfft, blockSamples }), !live)
    const writer = createRingWriter(ring)
    listener.offer(offer)
    listener.ring(ring)
    let sequence = 0
    return {
      listener,
      /** Waits for room as a paused stream would. */
      async push(from: number, end: number): Promise<void> {
        for (let first = from; first < end; first += blockSamples) {
          const sampleCount = Math.min(blockSamples, end - first)
          const Type = elementType === 'int16' ? Int16Array : Float32Array
          const values = new Type(sampleCount * channelCount)
          for (let at = 0; at < values.length; at++)
            values[at] = source.valueAt(first + Math.floor(at / channelCount), at % channelCount)
          const bytes = new Uint8Array(values.buffer)
          let position = writer.store(bytes, sampleCount)
          while (position === null) {
            await new Promise((resolve) => setTimeout(resolve, 2))
            position = writer.store(bytes, sampleCount)
          }
          const common = { channelCount, sampleIntervalNs, elementType, scale, position, sampleCount }
          listener.block({ ...common, sequence: sequence++, startNs: timeOf(first), firstSample: first })
          if (sequence % 8 === 0) await new Promise((resolve) => setImmediate(resolve))
        }
      }
    }
  }

  return {
    request,
    offer,
    host,
    hubs,
    pipeline,
    told,
    stream,
    picture: seen.get('picture')!,
    trace: seen.get('trace')!,
    timeOf,
    async dispose() {
      pipeline.dispose()
      for (const hub of hubs.values()) hub.dispose()
      await host.dispose()
    }
  }
}
