import { Command } from 'commander'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { registerConvert } from '../../../src-main/commands/convert.ts'
import { registerInspect } from '../../../src-main/commands/inspect.ts'
import { runProgram } from '../../../src-main/commands/runProgram.ts'
import { createSources } from '../../../src-main/focus-server/sources/sources.ts'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import { recordingAssumptionStore } from '../../../src-main/storage/recordingAssumptions.ts'
import { bytesOf, npyBytes, writeZarr } from './containerFixtures.ts'
import { epochNs, ramp } from './interrogatorFixtures.ts'

let folder: string
let array: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-stated-'))
  array = join(folder, 'array.npy')
  await writeFile(array, npyBytes('<f4', [20, 4], bytesOf(ramp(Float32Array, 20, 4))))
  vi.stubEnv('WAVEFALL_DATA', join(folder, 'data'))
})

afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  process.exitCode = undefined
  await rm(folder, { recursive: true })
})

describe('what was stated of a recording', () => {
  test('is known again after a move, not after a change', async () => {
    const store = recordingAssumptionStore(join(folder, 'data'))
    expect(await store.of(array)).toEqual({})
    await store.remember(array, { sampleRateHz: 500, startTimeNs: epochNs })
    await store.remember(array, { timeAxis: 1 })
    const moved = join(folder, 'elsewhere.npy')
    await copyFile(array, moved)
    const again = recordingAssumptionStore(join(folder, 'data'))
    expect(await again.of(moved)).toEqual({ sampleRateHz: 500, startTimeNs: epochNs, timeAxis: 1 })
    await writeFile(moved, npyBytes('<f4', [20, 4], bytesOf(ramp(Float32Array, 20, 4).fill(1, 0, 2))))
    expect(await again.of(moved)).toEqual({})
    expect(await again.of(join(folder, 'none.npy'))).toEqual({})
  })

  test('of a folder goes by its place and description', async () => {
    const store = recordingAssumptionStore(join(folder, 'data'))
    await writeZarr(join(folder, 'a.zarr'))
    await store.remember(join(folder, 'a.zarr'), { channelSpacingM: 2 })
    expect(await store.of(join(folder, 'a.zarr'))).toEqual({ channelSpacingM: 2 })
    await writeZarr(join(folder, 'b.zarr'))
    expect(await store.of(join(folder, 'b.zarr'))).toEqual({})
  })

  test('a damaged file of them, or wrong values in it, say nothing', async () => {
    const store = recordingAssumptionStore(join(folder, 'data'))
    await store.remember(array, { sampleRateHz: 500, channelSpacingM: 2 })
    const file = join(folder, 'data', 'recording-assumptions.json')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('"sampleRateHz": 500', '"sampleRateHz": "fast"'))
    expect(await store.of(array)).toEqual({ channelSpacingM: 2 })
    await writeFile(file, text.slice(0, 40))
    expect(await store.of(array)).toEqual({})
    await store.remember(array, { sampleRateHz: 7 })
    expect(await store.of(array)).toEqual({ sampleRateHz: 7 })
  })

  test('many at once: each is kept', async () => {
    const store = recordingAssumptionStore(join(folder, 'data'))
    const paths = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const path = join(folder, `${i}.npy`)
        await writeFile(path, npyBytes('<i2', [1, i + 1], new Uint8Array(2 * i + 2)))
        return path
      })
    )
    await Promise.all(paths.map((path, i) => store.remember(path, { sampleRateHz: i + 1 })))
    expect(await Promise.all(paths.map((path) => store.of(path)))).toEqual(
      paths.map((_, i) => ({ sampleRateHz: i + 1 }))
    )
  })
})

const inspect = (...args: string[]): ReturnType<typeof wavefall> => wavefall('inspect', ...args)

async function wavefall(...args: string[]): Promise<{ out: string; err: string; code: number }> {
  const written = { out: '', err: '' }
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((written.out += String(text))))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((written.err += String(text))))
  const program = new Command('wavefall')
  registerInspect(program)
  registerConvert(program)
  process.exitCode = undefined
  await runProgram(program, args)
  const code = Number(process.exitCode ?? 0)
  process.exitCode = undefined
  vi.restoreAllMocks()
  return { ...written, code }
}

describe('inspect', () => {
  test('takes what is stated, and remembers it', async () => {
    const stated = ['--rate', '500', '--spacing', '4', '--start', '2023-11-14T22:13:20Z', '--first-distance', '-8']
    const first = await inspect(array, '--json', ...stated)
    expect(first).toMatchObject({ err: '', code: 0 })
    const expected = {
      format: 'npy',
      sampleRateHz: 500,
      sampleIntervalNs: '2000000',
      startTimeNs: String(epochNs),
      endTimeNs: String(epochNs + 40_000_000n),
      channelSpacingM: 4,
      firstDistanceM: -8
    }
    expect(JSON.parse(first.out)).toMatchObject(expected)
    expect(JSON.parse((await inspect(array, '--json')).out)).toMatchObject(expected)
    const turned = JSON.parse((await inspect(array, '--json', '--time-axis', '1')).out) as object
    expect(turned).toMatchObject({ shape: { time: 4, channel: 20 }, sampleRateHz: 500 })
  })

  test.each([
    ['--rate', 'fast'],
    ['--rate', '0'],
    ['--spacing', '-1'],
    ['--start', 'yesterday'],
    ['--time-axis', '2']
  ])('%s %s is wrong usage', async (option, value) => {
    const { code, err } = await inspect(array, option, value)
    expect(code).toBe(2)
    expect(err).toContain(option)
  })
})

test('convert takes what is stated, and what was stated before', async () => {
  const target = join(folder, 'array.npz')
  const stated = await wavefall('convert', array, target, '--json', '--rate', '500', '--start', '2023-11-14T22:13:20Z')
  expect(stated).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(stated.out)).toMatchObject({ sampleRateHz: 500, startTimeNs: String(epochNs) })
  const again = await wavefall('convert', array, target, '--json', '--overwrite', '--decimate', '2', '--spacing', '4')
  expect(JSON.parse(again.out)).toMatchObject({ sampleRateHz: 250, startTimeNs: String(epochNs) })
  const recording = await openRecording(target)
  expect(recording.info).toMatchObject({ sampleRateHz: 250, startTimeNs: epochNs, channelSpacingM: 4 })
  await recording.close()
})

test('a recording that lacks a rate is no historic job, and the sentence says what to do', async () => {
  const sources = await createSources({
    specs: [{ kind: 'silent' }],
    recordingsFolder: null,
    openRecording: (path) => openRecording(path)
  })
  const added = await sources.addRecording(array)
  expect(added).toMatchObject({ ok: false })
  expect(added.ok ? '' : added.error.message).toMatch(
    /does not say its sample rate, when it was recorded and its channel spacing; state it once, as in: wavefall inspect FILE --rate HZ/
  )
  await sources.dispose()
})
