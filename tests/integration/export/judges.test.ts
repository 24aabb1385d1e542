/**
 * Other people's readers judge what is exported: DASCore, xdas, h5py, xarray, zarr-python, segyio, ObsPy, NumPy and SciPy. They are
 * looked for in the Python that `WAVEFALL_PYTHON` names, else in `python3`; what is not there is skipped, by name.
 */
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ExportFormatName } from '../../../src-preload/contract/tasks.ts'
import { exportFormats } from '../../../src-main/sessions/export/exportFormats.ts'
import {
  exportOf,
  fraction,
  gapsOf,
  type SourceOptions,
  sourceOf,
  startNs,
  temporaryFolder,
  valueAt
} from '../../unit/export/exportFixtures.ts'

const python = process.env.WAVEFALL_PYTHON ?? 'python3'
const script = resolve(import.meta.dirname, 'judge.py')
const rows = 300
const channels = 7

interface Found {
  shape: [number, number]
  dtype: string
  first: number | null
  last: number | null
  sum: number
  weighted: number
  nan: number
  time_ns?: [string, string, string]
  distance_m?: [number, number]
  error?: string
  missing?: string
  [more: string]: unknown
}

type Answers = Record<string, Found>

const modules = {
  prodml: ['numpy', 'h5py', 'dascore', 'xdas'],
  dasdae: ['numpy', 'dascore'],
  zarr: ['numpy', 'xarray', 'zarr'],
  segy: ['numpy', 'segyio', 'obspy'],
  mseed: ['numpy', 'obspy'],
  npy: ['numpy'],
  npz: ['numpy'],
  csv: ['numpy'],
  wav: ['numpy', 'scipy']
} as const
type Judged = keyof typeof modules

function presentModules(): Set<string> {
  const wanted = [...new Set(Object.values(modules).flat())]
  const code = `import importlib.util as u; print(",".join(n for n in ${JSON.stringify(wanted)} if u.find_spec(n)))`
  const found = spawnSync(python, ['-c', code], { encoding: 'utf8', timeout: 20_000 })
  const present = new Set(found.status === 0 ? found.stdout.trim().split(',') : [])
  const missing = wanted.filter((name) => !present.has(name))
  if (missing.length > 0)
    process.stderr.write(`\nSKIPPING judges of exports: ${python} has no ${missing.join(', ')} (see WAVEFALL_PYTHON)\n`)
  return present
}

const present = presentModules()
const judgesOf = (format: Judged): string[] => modules[format].filter((name) => name !== 'numpy' && present.has(name))
const canJudge = (format: Judged): boolean => present.has('numpy') && modules[format].some((name) => present.has(name))

async function judge(format: Judged, options: SourceOptions = {}): Promise<Answers> {
  const target = join(await temporaryFolder(), `export${exportFormats[format as ExportFormatName].endings[0]}`)
  await exportOf(sourceOf({ rows, channels, ...options }), target, format)
  const done = spawnSync(python, [script, format, target], { encoding: 'utf8', timeout: 60_000 })
  if (done.status !== 0) throw new Error(done.stderr)
  const answers = JSON.parse(done.stdout.trim().split('\n').at(-1)!) as Answers
  for (const [reader, found] of Object.entries(answers)) {
    if (found.missing !== undefined) Reflect.deleteProperty(answers, reader)
    else if (found.error !== undefined) throw new Error(`${reader}: ${found.error}`)
  }
  return answers
}

function sums(value: (row: number, channel: number) => number, count = rows): { sum: number; weighted: number } {
  let sum = 0
  let weighted = 0
  for (let row = 0; row < count; row++)
    for (let channel = 0; channel < channels; channel++) {
      sum += value(row, channel)
      weighted += value(row, channel) * (row + 1) * (1 + (channel % 7))
    }
  return { sum, weighted }
}

const at = (row: number, intervalNs = 1_000_000): bigint => startNs + BigInt(Math.round(row * intervalNs))
const near = (found: string, expected: bigint, withinNs: number): void =>
  expect(Math.abs(Number(BigInt(found) - expected))).toBeLessThanOrEqual(withinNs)

/** Nanoseconds that a reader's own arithmetic may be off. */
const toleranceNs: Partial<Record<string, number>> = { obspy: 1000, segyio: 1 }

describe.each(Object.keys(modules) as Judged[])('%s in the hands of others', (format) => {
  const hasIntegers = format !== 'wav'
  const skipped = !canJudge(format)

  test.skipIf(skipped || !hasIntegers)(
    `16-bit integers, times and places (${judgesOf(format).join(', ')})`,
    async () => {
      const answers = await judge(format)
      expect(Object.keys(answers).length).toBeGreaterThan(0)
      for (const [reader, found] of Object.entries(answers)) {
        expect(found.shape, reader).toEqual([rows, channels])
        if (format !== 'mseed' && format !== 'csv') expect(found.dtype, reader).toBe('int16')
        expect(found, reader).toMatchObject(sums(valueAt))
        expect([found.first, found.last], reader).toEqual([valueAt(0, 0), valueAt(rows - 1, channels - 1)])
        if (found.time_ns)
          [0, rows / 2, rows - 1].forEach((row, i) => near(found.time_ns![i]!, at(row), toleranceNs[reader] ?? 0))
        if (found.distance_m) {
          expect(found.distance_m[0], reader).toBeCloseTo(20 * 1.02095, 4)
          expect(found.distance_m[1], reader).toBeCloseTo(26 * 1.02095, 4)
        }
      }
    }
  )

  test.skipIf(skipped || format === 'wav')('32-bit floating-point numbers', async () => {
    for (const [reader, found] of Object.entries(await judge(format, { dtype: 'float32', valueAt: fraction }))) {
      const { sum, weighted } = sums(fraction)
      if (format !== 'csv') expect(found.dtype, reader).toBe('float32')
      expect(found.sum / sum, reader).toBeCloseTo(1, 6)
      expect(found.weighted / weighted, reader).toBeCloseTo(1, 6)
      if (format !== 'csv') expect(found.first, reader).toBe(fraction(0, 0))
    }
  })
})

describe('what each format is asked for', () => {
  test.skipIf(!canJudge('prodml'))('PRODML: attributes that agree, strings of fixed length, microseconds', async () => {
    const answers = await judge('prodml')
    expect(answers.h5py ?? {}).toMatchObject({
      time_dtype: 'int64',
      variable_strings: [],
      count: rows * channels,
      rate: 1000,
      start_locus: 'i',
      dimensions: ['time', 'locus'],
      part_start: '2023-04-26T16:14:49.042000+00:00',
      unit: 'nm/m/s'
    })
    if (answers.dascore) expect(answers.dascore).toMatchObject({ gauge_length: 10 })
  })

  test.skipIf(!canJudge('prodml'))('PRODML: each run without a gap is a part of its own', async () => {
    const { dascore, h5py, xdas } = await judge('prodml', gapsOf(1_000_000))
    if (h5py) expect(h5py).toMatchObject({ parts: 3, shape: [100, channels] })
    if (xdas) expect(xdas.shape).toEqual([100, channels])
    if (dascore) {
      const starts = (dascore.parts as Found[]).map(({ time_ns }) => time_ns![0]).sort()
      expect(starts).toEqual(gapsOf(1_000_000).segments!.map(({ startTimeNs }) => String(startTimeNs)))
    }
  })

  test.skipIf(!canJudge('zarr'))('Zarr: one variable with its coordinates, to the nanosecond, with gaps', async () => {
    const odd = startNs + 123_456_789n
    const { xarray } = await judge('zarr', { startTimeNs: odd })
    if (!xarray) return
    expect(xarray).toMatchObject({
      dims: ['time', 'distance'],
      variables: ['data'],
      coordinates: ['channel', 'distance', 'time'],
      channel: [20, 26],
      unit: 'nm/m/s',
      distance_unit: 'm'
    })
    expect(xarray.time_ns![0]).toBe(String(odd))
    const gaps = gapsOf(1_000_000)
    const withGaps = (await judge('zarr', gaps)).xarray!
    expect(withGaps.time_ns![2]).toBe(String(gaps.segments![2]!.startTimeNs + 99_000_000n))
  })

  test.skipIf(!canJudge('dasdae'))('DASDAE: times to the nanosecond, with gaps', async () => {
    const gaps = gapsOf(1_000_000)
    const { dascore } = await judge('dasdae', gaps)
    if (dascore) expect(dascore.time_ns![2]).toBe(String(gaps.segments![2]!.startTimeNs + 99_000_000n))
  })

  test.skipIf(!canJudge('segy'))('SEG-Y: headers that agree, EBCDIC text, channel numbers, gaps as NaN', async () => {
    const { segyio, obspy } = await judge('segy')
    if (segyio)
      expect(segyio).toMatchObject({
        format: 3,
        interval_us: 1000,
        trace_interval_us: 1000,
        trace_samples: rows,
        text: 'C 1 Distributed acoustic sensing, exported by Wave'
      })
    if (obspy) expect(obspy).toMatchObject({ numbers: [20, 26] })
    const [second] = gapsOf(1_000_000).gaps
    const filled = await judge('segy', {
      rows: 200,
      segments: gapsOf(1_000_000).segments!.slice(0, 2),
      gaps: [second!]
    })
    for (const [reader, found] of Object.entries(filled)) {
      expect(found, reader).toMatchObject({ shape: [2700, channels], nan: 2500 * channels, dtype: 'float32' })
      expect(found.sum, reader).toBe(sums(valueAt, 200).sum)
    }
  })

  test.skipIf(!canJudge('mseed'))('miniSEED: Steim-2, ids in channel order, gaps as segments, odd rates', async () => {
    expect((await judge('mseed', gapsOf(1_000_000))).obspy ?? {}).toMatchObject({
      ids: ['XX.00020..HSF', 'XX.00026..HSF'],
      sorted: true,
      segments: 3,
      encoding: 'STEIM2',
      ...sums(valueAt)
    })
    const odd = (await judge('mseed', { sampleIntervalNs: 1e9 / 1999.98, sampleRateHz: 1999.98 })).obspy
    if (odd) expect(odd.rate as number).toBeCloseTo(1999.98, 3)
    // Steps of more than 30 bits, which Steim-2 has no word for.
    const steep = (row: number, channel: number): number => (row % 2 === 0 ? 2_000_000_000 : -2_000_000_000) + channel
    const wide = (await judge('mseed', { dtype: 'int32', valueAt: steep })).obspy
    if (wide) expect(wide).toMatchObject({ encoding: 'INT32', ...sums(steep) })
  })

  test.skipIf(!canJudge('wav'))('WAV: one channel, integers as they are', async () => {
    const value = (row: number): number => valueAt(row, 0)
    const { scipy } = await judge('wav', { channels: 1, valueAt: value })
    if (!scipy) return
    const total = Array.from({ length: rows }, (_, row) => value(row)).reduce((sum, one) => sum + one, 0)
    expect(scipy).toMatchObject({ rate: 1000, dtype: 'int16', shape: [rows, 1], sum: total })
  })

  test.skipIf(!canJudge('npz'))('NPZ: times as 64-bit integers, places, attributes', async () => {
    expect((await judge('npz')).numpy).toMatchObject({
      names: ['attributes', 'channel', 'data', 'distance_m', 'time_ns'],
      time_dtype: 'int64',
      attributes: { unit: 'nm/m/s', gauge_length_m: 10 }
    })
  })
})
