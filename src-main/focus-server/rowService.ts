import { millisecondsFromNanoseconds } from '../../src-preload/contract/units.ts'
import { createBandEnergyAnalyser, createRowAnalyser, type RowAnalyser } from '../dsp/rowAnalyser.ts'
import type { CreateSpectralKernel } from '../dsp/spectralKernel.ts'
import { rowsPerMessage, type FedBlock } from './jobFeed.ts'
import type { ChannelBlock, JobPlan } from './jobPlan.ts'

function createAnalyser(plan: JobPlan, channels: ChannelBlock, createKernel: CreateSpectralKernel): RowAnalyser {
  const { description } = plan.source
  const common = { channelCount: channels.channelCount, channelsPerColumn: 1, scale: description.scale }
  if (description.content === 'bandEnergy') return createBandEnergyAnalyser(common)
  return createRowAnalyser(
    {
      ...common,
      sampleIntervalNs: description.sampleIntervalNs,
      nfft: plan.nfft,
      rowIntervalS: plan.rowIntervalS,
      lowHz: plan.lowHz,
      highHz: plan.highHz,
      output: plan.request.view === 'waterfall' ? 'bandEnergy' : 'spectra'
    },
    createKernel
  )
}

interface PendingRows {
  indices: number[]
  rows: Float32Array[]
}

/** Turns blocks into `DataStream` messages, `fromRow` on (what a client that comes back already has is left out). */
export interface RowEncoder {
  /** Messages that the block completes. */
  push(block: FedBlock): object[]
  /** Highest row index sent, −1 before the first. */
  readonly lastRow: number
}

export function createRowEncoder(options: {
  plan: JobPlan
  channels: ChannelBlock
  originSample: number
  jobNumber: number
  fromRow: number
  spoil: () => 'shape' | 'nan' | null
  createKernel: CreateSpectralKernel
}): RowEncoder {
  const { plan, channels, jobNumber } = options
  const { source } = plan
  const analyser = createAnalyser(plan, channels, options.createKernel)
  const originMs = millisecondsFromNanoseconds(source.timeOfSample(options.originSample))
  const halfWindowMs =
    source.description.content === 'bandEnergy' ? 0 : (plan.nfft / 2) * (source.description.sampleIntervalNs / 1e6)
  const rowsMax = rowsPerMessage(plan, channels)
  let lastRow = options.fromRow - 1

  function message({ indices, rows }: PendingRows): object {
    const spoil = options.spoil()
    let least = Number.POSITIVE_INFINITY
    let greatest = Number.NEGATIVE_INFINITY
    for (const row of rows) {
      if (spoil === 'nan') row.fill(Number.NaN, 0, Math.ceil(row.length / 2))
      for (const value of row) {
        if (value < least) least = value
        if (value > greatest) greatest = value
      }
    }
    return {
      startChannel: channels.firstChannel + 1,
      endChannel: channels.firstChannel + channels.channelCount,
      timestampInMilis: indices.map((index) =>
        String(Math.round(originMs + halfWindowMs + index * plan.rowIntervalS * 1000))
      ),
      rowIndex: indices,
      dataShapeX: analyser.valuesPerRow,
      dataShapeY: rows.length,
      globalMinimum: Number.isFinite(least) ? least : 0,
      globalMaximum: Number.isFinite(greatest) ? greatest : 0,
      mainData: rows.map((row) => {
        const bytes = Buffer.from(row.buffer, row.byteOffset, row.byteLength)
        return spoil === 'shape' ? bytes.subarray(0, bytes.length - 3) : bytes
      }),
      jobId: jobNumber
    }
  }

  return {
    get lastRow() {
      return lastRow
    },
    push(block) {
      if (block.kind === 'gap') return []
      const messages: object[] = []
      let pending: PendingRows = { indices: [], rows: [] }
      const flush = (): void => {
        if (pending.rows.length > 0) messages.push(message(pending))
        pending = { indices: [], rows: [] }
      }
      analyser.push(block.values, block.gridSample, block.sampleCount, (rowIndex, row) => {
        if (rowIndex <= lastRow) return
        lastRow = rowIndex
        pending.indices.push(rowIndex)
        pending.rows.push(row.slice())
        if (pending.rows.length >= rowsMax) flush()
      })
      flush()
      return messages
    }
  }
}
