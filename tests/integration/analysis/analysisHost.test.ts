import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AnalysedRows, Analysis, AnalysisHost, AnalysisPlan } from '../../../src-main/analysis/analysis.ts'
import { createAnalysisHost } from '../../../src-main/analysis/analysisHost.ts'
import { createSpectralKernels } from '../../../src-main/dsp/kernel/spectralKernels.ts'
import { compileKernel } from '../../../src-main/dsp/kernel/wasmKernel.ts'
import { createBandEnergyAnalyser, createRowAnalyser } from '../../../src-main/dsp/rowAnalyser.ts'
import type { SampleBlock, StreamGap } from '../../../src-main/streams/streamSource.ts'

const workerFile = join(import.meta.dirname, '../../../src-main/analysis/worker.ts')
/** As the worker's: the rows are compared bit for bit. */
const createKernel = createSpectralKernels(await compileKernel())
const originNs = 1_700_000_000_000_000_000n
const waitOptions = { timeout: 20_000, interval: 5 }

const plan = (changes: Partial<AnalysisPlan> = {}): AnalysisPlan => ({
  channelCount: 7,
  channelsPerColumn: 1,
  sampleIntervalNs: 500_000,
  elementType: 'int16',
  scale: 0.5,
  nfft: 64,
  rowIntervalS: 0.0213,
  lowHz: 10,
  highHz: 400,
  content: 'samples',
  originNs,
  live: true,
  ...changes
})

const sampleValue = (channel: number, sample: number): number =>
  Math.round(3000 * Math.sin(sample * 0.1 * (channel + 1)) + 500 * Math.sin(sample * sample))

function samplesOf(p: AnalysisPlan, firstSample: number, sampleCount: number): Int16Array | Float32Array {
  const values = new (p.elementType === 'int16' ? Int16Array : Float32Array)(sampleCount * p.channelCount)
  for (let index = 0; index < values.length; index++) {
    values[index] = sampleValue(index % p.channelCount, firstSample + Math.floor(index / p.channelCount))
  }
  return values
}

/** A block as streams hand it over: its bytes begin at an odd offset of a larger message, which is overwritten afterwards. */
function makeBlock(p: AnalysisPlan, sequence: number, firstSample: number, sampleCount: number) {
  const values = samplesOf(p, firstSample, sampleCount)
  const message = new Uint8Array(values.byteLength + 13)
  const data = message.subarray(13)
  data.set(new Uint8Array(values.buffer))
  const block: SampleBlock = {
    sequence,
    startNs: originNs + BigInt(firstSample * p.sampleIntervalNs),
    firstSample,
    sampleCount,
    channelCount: p.channelCount,
    sampleIntervalNs: p.sampleIntervalNs,
    elementType: p.elementType,
    scale: p.scale,
    data
  }
  return { block, forget: () => message.fill(0x55) }
}

function recorder() {
  const rows: AnalysedRows[] = []
  const gaps: StreamGap[] = []
  const failures: string[] = []
  const state = { drained: 0 }
  return {
    rows,
    gaps,
    failures,
    state,
    listener: {
      rows: (batch: AnalysedRows) => void rows.push(batch),
      gap: (gap: StreamGap) => void gaps.push(gap),
      drained: () => void state.drained++,
      failed: (reason: string) => void failures.push(reason)
    },
    byIndex() {
      const all = new Map<number, Float32Array>()
      for (const { firstRow, rowCount, columnCount, values } of rows) {
        expect(values.length).toBe(rowCount * columnCount)
        for (let row = 0; row < rowCount; row++) {
          expect(all.has(firstRow + row)).toBe(false)
          all.set(firstRow + row, values.slice(row * columnCount, (row + 1) * columnCount))
        }
      }
      return all
    }
  }
}

function expectedRows(p: AnalysisPlan, firstSample: number, sampleCount: number): Map<number, Float32Array> {
  const rows = new Map<number, Float32Array>()
  const analyser =
    p.content === 'samples'
      ? createRowAnalyser({ ...p, output: 'bandEnergy' }, createKernel)
      : createBandEnergyAnalyser(p)
  analyser.push(samplesOf(p, firstSample, sampleCount), firstSample, sampleCount, (k, row) => rows.set(k, row.slice()))
  return rows
}

let host: AnalysisHost

function pushAll(analysis: Analysis, p: AnalysisPlan, sizes: number[], firstSample = 0, firstSequence = 0): number {
  let at = firstSample
  sizes.forEach((size, index) => {
    const { block, forget } = makeBlock(p, firstSequence + index, at, size)
    analysis.push(block)
    forget()
    at += size
  })
  return at
}

describe('analysis host with real worker threads', () => {
  beforeEach(() => {
    host = createAnalysisHost({ workerFile, workerCount: 2 })
  })
  afterEach(async () => {
    await host.dispose()
  })

  it('gives the rows of the analyser, whatever the blocks, for both element types', async () => {
    for (const elementType of ['int16', 'float32'] as const) {
      const p = plan({ elementType })
      const heard = recorder()
      const analysis = host.open(p, heard.listener)
      const end = pushAll(analysis, p, [1, 700, 33, 2000, 64, 5, 900])
      await analysis.flush()
      expect(heard.byIndex()).toEqual(expectedRows(p, 0, end))
      const last = heard.rows.at(-1)!
      const lastRow = last.firstRow + last.rowCount - 1
      expect(last.dataEndNs).toBe(originNs + BigInt((Math.round(lastRow * 42.6) + 64) * 500_000))
      expect(analysis.queue()).toMatchObject({ length: 0, drops: 0 })
      expect(heard.gaps).toEqual([])
      analysis.dispose()
    }
  })

  it('turns recorded band energies into rows', async () => {
    const p = plan({ content: 'bandEnergy', elementType: 'float32', sampleIntervalNs: 1e7 })
    const heard = recorder()
    const analysis = host.open(p, heard.listener)
    pushAll(analysis, p, [10, 20, 1])
    await analysis.flush()
    expect(heard.byIndex()).toEqual(expectedRows(p, 0, 31))
    expect(heard.rows.reduce((sum, batch) => sum + batch.invalidValues, 0)).toBeGreaterThan(0)
  })

  it('survives many turns of the ring, and asks to pause and to go on', async () => {
    const p = plan({ channelCount: 512, live: false, nfft: 256 })
    const heard = recorder()
    const analysis = host.open(p, heard.listener)
    let at = 0
    let pauses = 0
    // Made beforehand: pushing must be much faster than analysing.
    const made = Array.from({ length: 40 }, (_, sequence) => makeBlock(p, sequence, sequence * 1000, 1000))
    for (const { block, forget } of made) {
      const drainedBefore = heard.state.drained
      const isWritable = analysis.push(block)
      forget()
      at += 1000
      if (!isWritable) {
        pauses++
        await vi.waitFor(() => {
          expect(heard.state.drained).toBe(drainedBefore + 1)
        }, waitOptions)
      }
    }
    await analysis.flush()
    expect(pauses).toBeGreaterThan(2)
    expect(analysis.queue().drops).toBe(0)
    const rows = heard.byIndex()
    expect([...rows.keys()]).toEqual(Array.from({ length: rows.size }, (_, index) => index))
    // The last rows lie where the ring has wrapped several times.
    for (const [k, row] of expectedRows(p, at - 600, 600)) expect(rows.get(k)).toEqual(row)
  })

  it('loses, counts and reports what finds no room, and leaves out just the rows that need it', async () => {
    const p = plan({ channelCount: 512, nfft: 256 })
    const heard = recorder()
    const analysis = host.open(p, heard.listener)
    const { block } = makeBlock(p, 0, 0, 2000)
    const accepted: number[] = []
    // 16 MiB of ring, 2 MiB a block, and a worker that cannot answer while this loop runs.
    for (let sequence = 0; sequence < 11; sequence++) {
      const drops = analysis.queue().drops
      analysis.push({ ...block, sequence, firstSample: sequence * 2000 })
      if (analysis.queue().drops === drops) accepted.push(sequence)
    }
    expect(accepted).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    await analysis.flush()
    expect(analysis.queue()).toMatchObject({ length: 0, drops: 3 })
    expect(heard.gaps).toHaveLength(1)
    expect(heard.gaps[0]).toMatchObject({
      firstSequence: 8,
      lastSequence: 10,
      startNs: originNs + 16_000n * 500_000n,
      endNs: originNs + 22_000n * 500_000n
    })
    expect(heard.gaps[0]!.reason).toContain('queue is full')
    pushAll(analysis, p, [2000], 22_000, 11)
    await analysis.flush()
    const missing = heard.gaps[0]!.rows!
    const rows = heard.byIndex()
    for (let k = 0; k < missing.first + missing.count; k++) expect(rows.has(k)).toBe(k < missing.first)
    expect(rows.has(missing.first + missing.count)).toBe(true)
  })

  it('refuses a block that does not fit the plan, and says why', async () => {
    const p = plan()
    const heard = recorder()
    const analysis = host.open(p, heard.listener)
    const { block } = makeBlock(p, 3, 0, 100)
    analysis.push({ ...block, elementType: 'float32' })
    analysis.push({ ...block, sequence: 4, channelCount: 9 })
    analysis.push({ ...block, sequence: 5, data: block.data.subarray(1) })
    await analysis.flush()
    expect(heard.gaps.map((gap) => gap.reason)).toEqual([
      expect.stringContaining('float32'),
      expect.stringContaining('9 channels'),
      expect.stringContaining('1399 bytes')
    ])
    expect(heard.rows).toEqual([])
  })

  it('restarts a killed worker, reports what it took along, and goes on', async () => {
    // Enough work a block that the last is not done when the worker is killed.
    const p = plan({ channelCount: 256, nfft: 1024, rowIntervalS: 0.005 })
    const heard = recorder()
    const analysis = host.open(p, heard.listener)
    const other = recorder()
    const otherPlan = plan()
    const otherAnalysis = host.open(otherPlan, other.listener)
    let end = pushAll(analysis, p, [1000, 1000])
    await analysis.flush()
    const before = heard.byIndex().size
    expect(before).toBe(expectedRows(p, 0, 2000).size)
    end = pushAll(analysis, p, [2000, 2000, 2000], end, 2)
    await host.killWorker(host.workers().findIndex((worker) => worker.jobs === 1))
    expect(host.workers().map((worker) => worker.restarts)).toEqual([1, 0])
    end = pushAll(analysis, p, [1000, 1000], end, 5)
    await analysis.flush()
    expect(heard.failures).toEqual([])
    expect(heard.gaps).toHaveLength(1)
    const [gap] = heard.gaps
    expect(gap!.reason).toContain('killed')
    expect(gap!.lastSequence).toBe(4)
    expect(gap!.endNs).toBe(originNs + 8000n * 500_000n)
    const rows = heard.byIndex()
    const all = expectedRows(p, 0, end)
    for (const [k, row] of all) {
      const isMissing = k >= gap!.rows!.first && k < gap!.rows!.first + gap!.rows!.count
      expect(rows.get(k)).toEqual(isMissing ? undefined : row)
    }
    pushAll(otherAnalysis, otherPlan, [500])
    await otherAnalysis.flush()
    expect(other.byIndex()).toEqual(expectedRows(otherPlan, 0, 500))
    expect(other.gaps).toEqual([])
  })

  it('spreads analyses over the workers and reads them', async () => {
    const analyses = [1, 2, 3, 4].map(() => host.open(plan(), recorder().listener))
    expect(host.workers().map((worker) => worker.jobs)).toEqual([2, 2])
    analyses[0]!.dispose()
    analyses[2]!.dispose()
    expect(host.workers().map((worker) => worker.jobs)).toEqual([0, 2])
    await vi.waitFor(() => {
      for (const worker of host.workers()) {
        expect(worker.eventLoopDelayMs).not.toBeNull()
        expect(worker.cpuPercent).toBeGreaterThanOrEqual(0)
      }
    }, waitOptions)
  })

  it('fails an analysis that cannot be, without harm to others', async () => {
    const heard = recorder()
    host.open(plan({ nfft: 100 }), heard.listener)
    await vi.waitFor(() => {
      expect(heard.failures).toEqual(['nfft 100 is no power of two'])
    }, waitOptions)
    expect(host.workers().map((worker) => worker.restarts)).toEqual([0, 0])
  })

  it('takes live blocks before historic ones on the same worker', async () => {
    await host.dispose()
    host = createAnalysisHost({ workerFile, workerCount: 1 })
    const order: string[] = []
    const historicPlan = plan({ channelCount: 512, nfft: 1024, live: false, rowIntervalS: 0.02 })
    const note = (name: string) => ({ ...recorder().listener, rows: () => void order.push(name) })
    const historic = host.open(historicPlan, note('historic'))
    const live = host.open(plan(), note('live'))
    pushAll(historic, historicPlan, [1800, 1800, 1800])
    pushAll(live, plan(), [500])
    await live.flush()
    const historicBeforeLive = order.indexOf('live')
    await historic.flush()
    expect(order.filter((name) => name === 'historic').length).toBeGreaterThan(historicBeforeLive)
  })
})

describe('a worker that cannot live', () => {
  afterEach(async () => {
    await host.dispose()
  })

  it('fails its analyses after a few tries, with the cause', async () => {
    host = createAnalysisHost({ workerFile: join(import.meta.dirname, 'dyingWorker.ts'), workerCount: 1 })
    const heard = recorder()
    host.open(plan(), heard.listener)
    await vi.waitFor(() => {
      expect(heard.failures).toHaveLength(1)
    }, waitOptions)
    expect(heard.failures[0]).toContain('6 times in a row: cannot begin')
    const late = recorder()
    host.open(plan(), late.listener)
    await vi.waitFor(() => {
      expect(late.failures).toHaveLength(1)
    }, waitOptions)
  })
  it('is replaced when it hangs, and the blocks that it had are a gap', async () => {
    const hangAfterS = 1
    host = createAnalysisHost({ workerFile: join(import.meta.dirname, 'hangingWorker.ts'), workerCount: 1, hangAfterS })
    const heard = recorder()
    const analysis = host.open(plan(), heard.listener)
    pushAll(analysis, plan(), [100, 100])
    // A flush must not wait for a thread that hangs for ever.
    await analysis.flush()
    expect(heard.gaps).toHaveLength(1)
    expect(heard.gaps[0]).toMatchObject({ firstSequence: 0, lastSequence: 1, startNs: originNs })
    expect(heard.gaps[0]!.reason).toContain('no answer for 1 s')
    expect(host.workers()[0]!.restarts).toBeGreaterThan(0)
  })
})
