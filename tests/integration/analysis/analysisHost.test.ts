import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AnalysedRows, AnalysisHost, AnalysisPlan } from '../../../src-main/analysis/analysis.ts'
import { createAnalysisHost } from '../../../src-main/analysis/analysisHost.ts'
import { createSpectralKernels } from '../../../src-main/dsp/kernel/spectralKernels.ts'
import { compileKernel } from '../../../src-main/dsp/kernel/wasmKernel.ts'
import { createBandEnergyAnalyser, createRowAnalyser } from '../../../src-main/dsp/rowAnalyser.ts'
import type { SampleBlock, StreamGap } from '../../../src-main/streams/streamSource.ts'
import { openFed, type FedAnalysis } from '../../support/ringFeeder.ts'

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
  output: 'energy',
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
  const shed: { first: number; count: number }[] = []
  return {
    rows,
    gaps,
    failures,
    shed,
    listener: {
      rows: (batch: AnalysedRows) => void rows.push({ ...batch, values: batch.values.slice() }),
      gap: (gap: StreamGap) => void gaps.push(gap),
      shed: (range: { first: number; count: number }) => void shed.push(range),
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

function pushAll(analysis: FedAnalysis, p: AnalysisPlan, sizes: number[], firstSample = 0, firstSequence = 0): number {
  let at = firstSample
  sizes.forEach((size, index) => {
    const { block, forget } = makeBlock(p, firstSequence + index, at, size)
    analysis.feed(block)
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
      const analysis = openFed(host, p, heard.listener)
      const end = pushAll(analysis, p, [1, 700, 33, 2000, 64, 5, 900])
      await analysis.flush()
      expect(heard.byIndex()).toEqual(expectedRows(p, 0, end))
      const last = heard.rows.at(-1)!
      const lastRow = last.firstRow + last.rowCount - 1
      expect(last.dataEndNs).toBe(originNs + BigInt((Math.round(lastRow * 42.6) + 64) * 500_000))
      expect(analysis.queue()).toMatchObject({ length: 0, shedRows: 0, stride: 1 })
      expect(heard.gaps).toEqual([])
      analysis.dispose()
    }
  })

  it('turns recorded band energies into rows', async () => {
    const p = plan({ output: 'energy', content: 'bandEnergy', elementType: 'float32', sampleIntervalNs: 1e7 })
    const heard = recorder()
    const analysis = openFed(host, p, heard.listener)
    pushAll(analysis, p, [10, 20, 1])
    await analysis.flush()
    expect(heard.byIndex()).toEqual(expectedRows(p, 0, 31))
    expect(heard.rows.reduce((sum, batch) => sum + batch.invalidValues, 0)).toBeGreaterThan(0)
  })

  it('survives many turns of the ring, and a historic one never loses what it holds', async () => {
    const p = plan({ channelCount: 512, live: false, nfft: 256 })
    const heard = recorder()
    const analysis = openFed(host, p, heard.listener, 1000)
    let full = 0
    // The same thousand samples again and again: feeding must be much faster than analysing.
    const { block } = makeBlock(p, 0, 0, 1000)
    for (let sequence = 0; sequence < 60; sequence++) {
      const next = { ...block, sequence, firstSample: sequence * 1000 }
      if (analysis.feed(next)) continue
      full++
      await vi.waitFor(() => {
        expect(analysis.feed(next)).toBe(true)
      }, waitOptions)
    }
    await analysis.flush()
    expect(full).toBeGreaterThan(0)
    expect(heard.gaps).toEqual([])
    expect(heard.shed).toEqual([])
    expect(analysis.writer.heldSamples).toBeLessThan(2 * p.nfft)
    const rows = heard.byIndex()
    expect([...rows.keys()]).toEqual(Array.from({ length: rows.size }, (_, index) => index))
    // The last rows lie where the ring has wrapped several times; some windows reach over the end of a block.
    const tail = createRowAnalyser({ ...p, output: 'bandEnergy' }, createKernel)
    const samples = samplesOf(p, 0, 1000)
    let compared = 0
    for (const first of [58_000, 59_000])
      tail.push(samples, first, 1000, (k, row) => {
        expect(rows.get(k)).toEqual(row)
        compared++
      })
    expect(compared).toBeGreaterThan(30)
  })

  it('gives the same rows whatever the number of workers that share them', async () => {
    const p = plan({ channelCount: 203, channelsPerColumn: 3, nfft: 256, live: false })
    const one = recorder()
    const single = createAnalysisHost({ workerFile, workerCount: 1 })
    try {
      const alone = openFed(single, p, one.listener)
      pushAll(alone, p, [500, 1500, 700])
      await alone.flush()
    } finally {
      await single.dispose()
    }
    const two = recorder()
    const shared = openFed(host, p, two.listener)
    expect(host.workers().map((worker) => worker.jobs)).toEqual([1, 1])
    const end = pushAll(shared, p, [500, 1500, 700])
    await shared.flush()
    expect(two.byIndex().size).toBeGreaterThan(50)
    expect(two.byIndex()).toEqual(one.byIndex())
    expect(two.byIndex()).toEqual(expectedRows(p, 0, end))
  })

  it('refuses a block that does not fit the plan, and says why', async () => {
    const p = plan()
    const heard = recorder()
    const analysis = openFed(host, p, heard.listener)
    const { block } = makeBlock(p, 3, 0, 100)
    analysis.push({ ...block, position: 0, elementType: 'float32' })
    analysis.push({ ...block, position: 0, sequence: 4, channelCount: 9 })
    expect(() => analysis.feed({ ...block, data: block.data.subarray(1) })).toThrow('1399 bytes')
    await analysis.flush()
    expect(heard.gaps.map((gap) => [gap.firstSequence, gap.reason])).toEqual([
      [3, expect.stringContaining('float32')],
      [4, expect.stringContaining('9 channels')]
    ])
    expect(heard.rows).toEqual([])
  })

  it('gives the work of a killed worker to the next: no row is lost', async () => {
    const p = plan({ channelCount: 256, nfft: 256, live: false })
    const heard = recorder()
    const analysis = openFed(host, p, heard.listener)
    let end = pushAll(analysis, p, [1000, 1000])
    await analysis.flush()
    expect(heard.byIndex().size).toBe(expectedRows(p, 0, 2000).size)
    end = pushAll(analysis, p, [2000, 2000, 2000], end, 2)
    expect(analysis.queue().length).toBeGreaterThan(0)
    await host.killWorker(1)
    expect(host.workers().map((worker) => worker.restarts)).toEqual([0, 1])
    end = pushAll(analysis, p, [1000, 1000], end, 5)
    await analysis.flush()
    expect(heard.failures).toEqual([])
    expect(heard.gaps).toEqual([])
    expect(heard.byIndex()).toEqual(expectedRows(p, 0, end))
  })

  it('spreads analyses over the workers and reads them', async () => {
    const analyses = [1, 2, 3, 4].map(() => openFed(host, plan(), recorder().listener))
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
    openFed(host, plan({ nfft: 100 }), heard.listener)
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
    const historic = openFed(host, historicPlan, note('historic'))
    const live = openFed(host, plan(), note('live'))
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
    openFed(host, plan(), heard.listener)
    await vi.waitFor(() => {
      expect(heard.failures).toHaveLength(1)
    }, waitOptions)
    expect(heard.failures[0]).toContain('6 times in a row: cannot begin')
    const late = recorder()
    openFed(host, plan(), late.listener)
    await vi.waitFor(() => {
      expect(late.failures).toHaveLength(1)
    }, waitOptions)
  })
  it('is replaced when it hangs, and the blocks that it had are a gap', async () => {
    const hangAfterS = 1
    host = createAnalysisHost({ workerFile: join(import.meta.dirname, 'hangingWorker.ts'), workerCount: 1, hangAfterS })
    const heard = recorder()
    const analysis = openFed(host, plan(), heard.listener)
    pushAll(analysis, plan(), [100, 100])
    // A flush must not wait for a thread that hangs for ever.
    await analysis.flush()
    const lost = heard.gaps.map((gap) => gap.rows)
    expect(lost).toEqual([
      { first: 0, count: 1 },
      { first: 1, count: 3 }
    ])
    expect(heard.gaps[0]).toMatchObject({ startNs: originNs })
    expect(heard.gaps[0]!.reason).toContain('no answer for 1 s')
    expect(host.workers()[0]!.restarts).toBeGreaterThan(0)
  })
})
