import { Command } from 'commander'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { inspectRecording, registerInspect } from '../../../src-main/commands/inspect.ts'
import { runProgram } from '../../../src-main/commands/runProgram.ts'
import { setAttributes, startNs, writeBandEnergy, writeHdf5, writeProdml } from './hdf5Fixtures.ts'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-inspect-'))
  path = join(folder, 'recording.h5')
})

afterEach(async () => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  await rm(folder, { recursive: true })
})

async function run(...args: string[]): Promise<{ out: string; err: string; code: number }> {
  const written = { out: '', err: '' }
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((written.out += String(text))))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((written.err += String(text))))
  const program = new Command('wavefall')
  registerInspect(program)
  process.exitCode = undefined
  await runProgram(program, ['inspect', ...args])
  const code = Number(process.exitCode ?? 0)
  process.exitCode = undefined
  vi.restoreAllMocks()
  return { ...written, code }
}

describe('the document', () => {
  test('has every field of the interface, times as text, and the statistics only when asked for', async () => {
    await writeProdml(path, { rows: 20, loci: 6 })
    const { out, err, code } = await run(path, '--json')
    expect({ err, code }).toEqual({ err: '', code: 0 })
    expect(out.trimEnd()).not.toContain('\n')
    const found = JSON.parse(out) as Record<string, unknown>
    expect(found).toMatchObject({
      startTimeNs: String(startNs),
      endTimeNs: String(startNs + 20_000_000n),
      sampleIntervalNs: '1000000',
      gaps: [],
      samples: { first: 0, middle: 1003, last: 1905 }
    })
    expect(found).not.toHaveProperty('statistics')
    const withStatistics = JSON.parse((await run(path, '--json', '--statistics')).out) as object
    // Values are 100 · row + locus: E[a²] + 2 E[a] E[b] + E[b²] of the two parts.
    const meanSquare = (100 ** 2 * (19 * 39)) / 6 + 2 * 950 * 2.5 + (5 * 11) / 6
    expect(withStatistics).toMatchObject({
      statistics: { min: 0, max: 1905, mean: 952.5, rms: expect.closeTo(Math.sqrt(meanSquare), 9) }
    })
  })

  test('NaN is left out and counted, a sample that is none is null', async () => {
    await writeHdf5(path, (file) => {
      const raw = file.create_group('Acquisition').create_group('Raw[0]')
      setAttributes(raw, { OutputDataRate: 100, NumberOfLoci: 2n })
      raw.create_dataset({ name: 'RawData', data: new Float32Array([NaN, 1, 2, 3, 4, Infinity]), shape: [3, 2] })
    })
    const found = await inspectRecording(path, { statistics: true })
    expect(found.samples).toEqual({ first: null, middle: 3, last: null })
    expect(found.statistics).toEqual({ min: 1, max: null, mean: null, rms: null })
    expect(found.warnings).toContain('1 values are NaN and were left out of the statistics.')
    expect(found.warnings).toContain('1 values are infinite.')
    expect(found).toMatchObject({ startTimeNs: null, endTimeNs: null, channelSpacingM: null, gaugeLengthM: null })
  })

  test('each band has its own samples and statistics', async () => {
    await writeBandEnergy(path, 4, 3, 'time-locus')
    const found = await inspectRecording(path, { statistics: true })
    expect(found.bands.map(({ statistics }) => statistics)).toMatchObject([
      { min: 0, max: 32, mean: 16 },
      { min: 1000, max: 1032, mean: 1016 }
    ])
    expect(found.statistics).toEqual(found.bands[0]!.statistics)
    expect(found.samples).toEqual({ first: 0, middle: 21, last: 32 })
  })
})

describe('the command', () => {
  test('prints an aligned table with units', async () => {
    await writeProdml(path, { rows: 20, loci: 6 })
    const { out, code } = await run(path)
    expect(code).toBe(0)
    expect(out).toMatch(/^channels +6 \(5 to 10\)$/m)
    expect(out).toMatch(/^start +2023-11-14T22:13:20\.000000000Z$/m)
    expect(out).toMatch(/^sample rate +1000 Hz$/m)
    const columns = out
      .split('\n')
      .slice(0, 10)
      .map((line) => /^\S.*? {2,}/.exec(line)?.[0].length)
    expect(new Set(columns).size).toBe(1)
  })

  test('a file that cannot be read: one sentence on standard error, exit 1', async () => {
    await writeFile(path, 'no recording')
    const { out, err, code } = await run(path, '--json')
    expect({ out, code }).toEqual({ out: '', code: 1 })
    expect(err).toMatch(/^\S*recording\.h5: is not a recording in a known format: .*\.\n$/)
  })

  test('wrong usage: exit 2', async () => {
    expect((await run()).code).toBe(2)
    expect((await run(path, '--no-such-option')).code).toBe(2)
  })
})
