import { describe, expect, it } from 'vitest'
import { createFftKernel } from '../../../src-main/dsp/fftKernel.ts'
import { createRingKernel } from '../../../src-main/dsp/kernel/spectralKernels.ts'
import { createWasmKernel, kernelScratchBytes, kernelSupports } from '../../../src-main/dsp/kernel/wasmKernel.ts'
import { createRingAnalyser, ringKernelPlan, type RingAnalyserPlan } from '../../../src-main/dsp/ringAnalyser.ts'
import { samplesPerRow, type ElementType, type SpectralKernelPlan } from '../../../src-main/dsp/spectralKernel.ts'
import { testedModule } from './kernels.ts'
import { noise, timeMajor } from './reference.ts'

/** The WebAssembly kernel on a memory that it shares, against fft.js: where it reads, what it writes, what it leaves alone. */

const module = await testedModule()

const planOf = (changes: Partial<SpectralKernelPlan> & { channelCount: number }): SpectralKernelPlan => ({
  rowStride: changes.channelCount,
  channelsPerColumn: 1,
  nfft: 128,
  sampleRateHz: 1000,
  scale: 0.1,
  firstBin: 0,
  binCount: (changes.nfft ?? 128) / 2 + 1,
  output: 'spectra',
  level: 'decibels',
  ...changes
})

function noisy(elementType: ElementType, plan: SpectralKernelPlan, seed = 3): Int16Array | Float32Array {
  const random = noise(seed)
  const length = samplesPerRow(plan) * plan.rowStride
  const target = elementType === 'int16' ? new Int16Array(length) : new Float32Array(length)
  return timeMajor(target, plan.rowStride, (channel) => 300 * (1 + (channel % 50)) * random())
}

function reference(plan: SpectralKernelPlan, samples: Int16Array | Float32Array) {
  const kernel = createFftKernel(plan)
  const row = new Float32Array(kernel.valuesPerRow)
  return { row, invalid: kernel.computeRow(samples, 0, row) }
}

/** Rows of the kernel on a memory that ends where the samples do, so that nothing beyond them can be read. */
function onSharedMemory(plan: SpectralKernelPlan, samples: Int16Array | Float32Array) {
  const elementType = samples instanceof Int16Array ? 'int16' : 'float32'
  const scratchOffset = 4096
  const targetOffset = scratchOffset + kernelScratchBytes(plan) + 256
  const valueCount = reference(plan, samples).row.length
  const bytes = targetOffset + 4 * valueCount + 256 + samples.byteLength
  const pages = Math.ceil(bytes / 65536)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  const sourceOffset = pages * 65536 - samples.byteLength
  const all = new Uint8Array(memory.buffer).fill(0xa5)
  all.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), sourceOffset)
  const kernel = createWasmKernel({ module: module!, memory, scratchOffset, plan })
  const target = new Float32Array(memory.buffer, targetOffset, valueCount)
  const invalid = kernel.computeRow(sourceOffset, elementType, target)
  const isUntouched = (from: number, end: number) => all.subarray(from, end).every((byte) => byte === 0xa5)
  expect(isUntouched(0, scratchOffset)).toBe(true)
  expect(isUntouched(targetOffset - 256, targetOffset)).toBe(true)
  expect(isUntouched(targetOffset + 4 * valueCount, sourceOffset)).toBe(true)
  const elsewhere = new Float32Array(valueCount)
  expect(kernel.computeRow(sourceOffset, elementType, elsewhere)).toBe(invalid)
  expect(elsewhere).toEqual(target.slice())
  return { row: elsewhere, invalid }
}

function expectClose(actual: Float32Array, expected: Float32Array, decibels = 0.005): void {
  expect(actual.length).toBe(expected.length)
  let worst = 0
  expected.forEach((value, index) => {
    if (Number.isNaN(value) !== Number.isNaN(actual[index]!)) worst = Infinity
    else if (!Number.isNaN(value)) worst = Math.max(worst, Math.abs(value - actual[index]!))
  })
  expect(worst).toBeLessThan(decibels)
}

describe.skipIf(module === null)('WebAssembly kernel on a shared memory', () => {
  const cases = [1, 2, 3, 4, 5, 31, 32, 33, 74, 2222].flatMap((channelCount) =>
    (['int16', 'float32'] as const).flatMap((elementType) =>
      (['spectra', 'bandEnergy'] as const).map((output) => ({ channelCount, elementType, output }))
    )
  )

  it.each(cases)('$channelCount channels of $elementType, $output', ({ channelCount, elementType, output }) => {
    const plan = planOf({
      channelCount,
      output,
      nfft: channelCount > 100 ? 32 : 128,
      ...(channelCount > 100 ? { binCount: 17 } : {})
    })
    const samples = noisy(elementType, plan)
    expectClose(onSharedMemory(plan, samples).row, reference(plan, samples).row)
  })

  it('averages any number of channels into a column', () => {
    for (const output of ['spectra', 'bandEnergy'] as const) {
      for (const channelCount of [5, 13, 74]) {
        for (const channelsPerColumn of [2, 3, 4, 5, 6, 7, 9, 32, 33, 100]) {
          const plan = planOf({ channelCount, channelsPerColumn, output, nfft: 64, firstBin: 3, binCount: 11 })
          const samples = noisy('int16', plan)
          expectClose(onSharedMemory(plan, samples).row, reference(plan, samples).row)
        }
      }
    }
  })

  it('puts out any number of bins, as power and in dB', () => {
    for (const binCount of [1, 2, 3, 4, 5, 7, 8]) {
      for (const channelsPerColumn of [1, 3]) {
        const plan = planOf({ channelCount: 7, channelsPerColumn, nfft: 64, firstBin: 20, binCount })
        const samples = noisy('float32', plan)
        expectClose(onSharedMemory(plan, samples).row, reference(plan, samples).row)
        const linear = { ...plan, level: 'linear' } as const
        const powers = onSharedMemory(linear, samples).row
        expectClose(
          powers.map((power) => 10 * Math.log10(power)),
          reference(plan, samples).row
        )
      }
    }
  })

  it('covers some channels of wider rows, at any element', () => {
    const whole = planOf({ channelCount: 45, output: 'bandEnergy' })
    for (const elementType of ['int16', 'float32'] as const) {
      const samples = noisy(elementType, whole)
      const expected = reference(whole, samples).row
      for (const [firstChannel, channelCount] of [
        [0, 9],
        [1, 44],
        [7, 33],
        [44, 1]
      ] as const) {
        const part = { ...whole, firstChannel, channelCount }
        expectClose(onSharedMemory(part, samples).row, expected.slice(firstChannel, firstChannel + channelCount))
      }
    }
  })

  it('combines transforms as mean and maximum', () => {
    for (const mode of ['mean', 'maximum'] as const) {
      for (const hopSamples of [1, 32, 64, 200]) {
        for (const output of ['spectra', 'bandEnergy'] as const) {
          for (const channelsPerColumn of [1, 3]) {
            const combination = { mode, transforms: 5, hopSamples }
            const plan = planOf({ channelCount: 35, channelsPerColumn, output, combination, nfft: 64, binCount: 33 })
            const samples = noisy('float32', plan)
            samples[2 * 35 + 4] = Number.NaN
            const expected = reference(plan, samples)
            const actual = onSharedMemory(plan, samples)
            expectClose(actual.row, expected.row)
            expect(actual.invalid).toBe(expected.invalid)
          }
        }
      }
    }
  })

  it('gives NaN for channels with a broken sample, wherever it lies, and for them alone', () => {
    for (const channelsPerColumn of [1, 2]) {
      for (const output of ['spectra', 'bandEnergy'] as const) {
        for (const broken of [Number.NaN, Infinity, -Infinity]) {
          for (const sample of [0, 1, 64, 127]) {
            const plan = planOf({ channelCount: 9, channelsPerColumn, output })
            const samples = noisy('float32', plan)
            for (const channel of [0, 5, 8]) samples[sample * 9 + channel] = broken
            // Opposite infinities of one channel.
            samples[100 * 9 + 8] = -broken
            const expected = reference(plan, samples)
            const actual = onSharedMemory(plan, samples)
            expectClose(actual.row, expected.row)
            expect(actual.invalid).toBe(expected.invalid)
            expect(expected.invalid).toBeGreaterThan(0)
          }
        }
      }
    }
  })

  it('shows silence as exactly −300 dB, and what outgrows float32 as infinite, not as missing', () => {
    for (const output of ['spectra', 'bandEnergy'] as const) {
      const plan = planOf({ channelCount: 5, output, scale: 1 })
      const silent = onSharedMemory(plan, new Float32Array(5 * 128)).row
      expect(silent).toEqual(new Float32Array(silent.length).fill(-300))
      const huge = timeMajor(new Float32Array(5 * 128), 5, (channel, t) => (channel === 1 ? 1e38 * Math.sin(t * t) : 1))
      const { row, invalid } = onSharedMemory(plan, huge)
      expect(invalid).toBe(0)
      expect(Math.max(...row)).toBeGreaterThan(385)
      expect(row.some(Number.isNaN)).toBe(false)
    }
  })

  it('is right for physical units as small as strain and scales as odd as they come', () => {
    for (const scale of [1e-12, 4.7e-9, -3e-6, 1e9]) {
      const plan = planOf({ channelCount: 6, scale })
      const samples = noisy('int16', plan)
      expectClose(onSharedMemory(plan, samples).row, reference(plan, samples).row)
    }
  })

  it('works as two instances on one memory, each with channels of its own', () => {
    const plan = planOf({ channelCount: 10 })
    const samples = noisy('int16', plan) as Int16Array
    const scratch = kernelScratchBytes(plan)
    const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true })
    const ring = 2 * scratch
    new Int16Array(memory.buffer, ring, samples.length).set(samples)
    const row = new Float32Array(memory.buffer, 3_000_000, 10 * plan.binCount)
    const parts = [
      [0, 7],
      [7, 3]
    ] as const
    const kernels = parts.map(([firstChannel, channelCount], index) =>
      createWasmKernel({
        module: module!,
        memory,
        scratchOffset: index * scratch,
        plan: { ...plan, firstChannel, channelCount }
      })
    )
    // In turns, so that one would find what the other left behind.
    for (let round = 0; round < 2; round++) {
      row.fill(0)
      parts.forEach(([firstChannel, channelCount], index) => {
        const part = row.subarray(firstChannel * plan.binCount, (firstChannel + channelCount) * plan.binCount)
        kernels[index]!.computeRow(ring, 'int16', part)
      })
      expectClose(row, reference(plan, samples).row)
    }
  })

  it('computes the rows of a ring, over its end and in memory that has grown', () => {
    const plan: RingAnalyserPlan = {
      channelCount: 5,
      channelsPerColumn: 1,
      sampleIntervalNs: 1e6,
      scale: 0.5,
      nfft: 64,
      rowIntervalS: 0.0333,
      lowHz: 10,
      highHz: 400,
      output: 'bandEnergy'
    }
    const kernelPlan = ringKernelPlan(plan, 5)
    const ring = { capacitySamples: 200, mirrorSamples: 63, elementType: 'int16', channelCount: 5 } as const
    const rowsWith = (compiled: WebAssembly.Module | null): Map<number, Float32Array> => {
      const memory = new WebAssembly.Memory({ initial: 8, maximum: 16, shared: true })
      const byteOffset = Math.ceil(kernelScratchBytes(kernelPlan) / 64) * 64 + 2
      const values = new Int16Array(memory.buffer, byteOffset, 263 * 5)
      const kernel = createRingKernel({ module: compiled, memory, scratchOffset: 0, plan: kernelPlan })
      memory.grow(4)
      const analyser = createRingAnalyser({ plan, ring: { ...ring, byteOffset }, kernel })
      const random = noise(8)
      const rows = new Map<number, Float32Array>()
      for (let sample = 0; sample < 1000; sample++) {
        for (let channel = 0; channel < 5; channel++) {
          const value = 20000 * random()
          const slot = sample % 200
          values[slot * 5 + channel] = value
          if (slot < 63) values[(slot + 200) * 5 + channel] = value
        }
        analyser.provide(sample, sample, 1)
        const row = new Float32Array(5)
        if (analyser.hasRow) rows.set(analyser.nextRow(row), row)
      }
      return rows
    }
    const rows = rowsWith(module)
    const expected = rowsWith(null)
    expect(rows.size).toBe(29)
    for (const [index, row] of expected) expectClose(rows.get(index)!, row)
  })

  it('refuses what it cannot do', () => {
    expect([2, 16, 32, 100, 65536, 2 ** 21].map((nfft) => kernelSupports({ nfft }))).toEqual([
      ...[false, false, true, false, true, false]
    ])
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
    const plan = planOf({ channelCount: 4, nfft: 8192, binCount: 4097 })
    expect(() => createWasmKernel({ module: module!, memory, scratchOffset: 0, plan })).toThrow(RangeError)
    expect(() =>
      createWasmKernel({ module: module!, memory, scratchOffset: 7, plan: planOf({ channelCount: 1 }) })
    ).toThrow(RangeError)
  })
})
