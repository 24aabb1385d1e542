import { utimesSync, writeFileSync } from 'node:fs'
import { copyFile, link, mkdir, open, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { describe, expect, test } from 'vitest'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import type { Recording } from '../../../src-main/recordings/recording.ts'
import { dasData } from '../../support/dasData.ts'
import { fixtureFolder, readAll } from './fixtureFolder.ts'
import { writeProdml } from './hdf5Fixtures.ts'
import { record2 } from './miniseedFixtures.ts'
import { grid, wavBytes } from './seismicFixtures.ts'
import { sintelaBytes } from './sintelaFixtures.ts'

const fixtures = fixtureFolder()
const start = 1_709_209_815_000_000_000n
const ms = 1_000_000n

const templates = new Map<string, Buffer>()

/** 20 rows of 4 channels at 1 kHz; `number` counts such files from the start. */
function part(number: number, { channels = 4, lateNs = 0n, rateHz = 1000 } = {}): Buffer {
  const key = `${channels} ${rateHz}`
  const template =
    templates.get(key) ?? sintelaBytes({ packets: [{ values: grid(20, channels), startNs: start }], rateHz })
  templates.set(key, template)
  const bytes = Buffer.from(template)
  bytes.writeBigUInt64LE(start + BigInt(number) * 20n * ms + lateNs, 20)
  for (let i = 0; i < 20 * channels; i++)
    bytes.writeFloatLE((number * 20 + Math.floor(i / channels)) * 100 + (i % channels), 96 + i * 4)
  return bytes
}

async function folderOf(files: Record<string, Buffer | string>): Promise<string> {
  const path = fixtures.place('acquisition')
  await mkdir(path)
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(path, name), bytes)
  return path
}

async function withRecording<T>(path: string, use: (recording: Recording) => Promise<T>): Promise<T> {
  const recording = await openRecording(path)
  try {
    return await use(recording)
  } finally {
    await recording.close()
  }
}

describe('a folder of files', () => {
  test('is one recording in order of time, whatever the names', async () => {
    const path = await folderOf({ 'c.raw': part(0), 'a.raw': part(1), 'b.raw': part(2) })
    await withRecording(path, async (recording) => {
      expect(recording.info).toMatchObject({
        format: 'sintela-binary',
        file: path,
        shape: { time: 60, channel: 4 },
        startTimeNs: start,
        endTimeNs: start + 60n * ms,
        gaps: [],
        segments: null,
        warnings: [],
        metadata: { files: 3 }
      })
      expect(await readAll(recording)).toEqual(grid(60, 4).flat())
      const strided = await recording.read({
        time: { from: 3, to: 60, stride: 7 },
        channel: { from: 1, to: 4, stride: 2 }
      })
      expect([...strided]).toEqual([3, 10, 17, 24, 31, 38, 45, 52, 59].flatMap((row) => [row * 100 + 1, row * 100 + 3]))
    })
  })

  test('missing files are gaps', async () => {
    const path = await folderOf({ '1.raw': part(0), '2.raw': part(1), '10.raw': part(7) })
    await withRecording(path, async ({ info }) => {
      expect(info.shape.time).toBe(60)
      expect(info.gaps).toEqual([{ startTimeNs: start + 40n * ms, endTimeNs: start + 140n * ms }])
      expect(info.segments).toEqual([
        { firstIndex: 0, startTimeNs: start },
        { firstIndex: 40, startTimeNs: start + 140n * ms }
      ])
      expect(info.endTimeNs).toBe(start + 160n * ms)
    })
  })

  test('foreign and damaged files are left out and named, sidecars and hidden files are passed over', async () => {
    const path = await folderOf({
      '1.raw': part(0),
      '2.raw': part(1).subarray(0, 60),
      '3.raw': part(2),
      '3.raw.json': '{}',
      '.hidden': 'x',
      'notes.txt': 'Dear reader',
      'empty.raw': ''
    })
    await withRecording(path, async (recording) => {
      expect(recording.info.shape.time).toBe(40)
      expect(recording.info.gaps).toEqual([{ startTimeNs: start + 20n * ms, endTimeNs: start + 40n * ms }])
      expect(recording.info.warnings).toEqual([
        'There is 1 gap.',
        expect.stringMatching(/^2\.raw was left out: is not a recording in a known format/),
        'empty.raw was left out: is empty (0 bytes).',
        expect.stringMatching(/^notes\.txt was left out: is not a recording/)
      ])
      expect((await readAll(recording)).slice(-1)).toEqual([59 * 100 + 3])
    })
  })

  test('files of another format are foreign; the most common one counts', async () => {
    const path = await folderOf({ 'a.wav': wavBytes({ values: grid(20, 4) }), 'b.raw': part(0), 'c.raw': part(1) })
    await withRecording(path, async ({ info }) => {
      expect(info).toMatchObject({ format: 'sintela-binary', shape: { time: 40 } })
      expect(info.warnings).toEqual(['a.wav was left out: is wav, not sintela-binary.'])
    })
  })

  test.each([
    ['channels', part(1, { channels: 5 }), /b\.raw differs from a\.raw in channels: 5, not 4/],
    ['rates', part(1, { rateHz: 500 }), /b\.raw differs from a\.raw in sample rate: 500, not 1000/]
  ])('different %s are refused with the file', async (_, other, sentence) => {
    const path = await folderOf({ 'a.raw': part(0), 'b.raw': other })
    await expect(openRecording(path)).rejects.toThrow(sentence)
  })

  test('rows that are there already are left out; a clock that jitters costs none', async () => {
    const twice = await folderOf({ 'a.raw': part(0), 'b.raw': part(0), 'c.raw': part(1) })
    await withRecording(twice, async (recording) => {
      expect(await readAll(recording)).toEqual(grid(40, 4).flat())
      expect(recording.info.warnings).toEqual([expect.stringMatching(/^1 stretches begin before .* left out: b\.raw/)])
    })
    await rm(twice, { recursive: true })
    const jitter = await folderOf({ 'a.raw': part(0), 'b.raw': part(1, { lateNs: -1_500_000n }) })
    await withRecording(jitter, async ({ info }) => {
      expect(info).toMatchObject({ shape: { time: 40 }, gaps: [], endTimeNs: start + 40n * ms })
      expect(info.warnings).toEqual([expect.stringContaining('taken as jitter')])
    })
  })

  test('files without times go by their names, as people count', async () => {
    const wav = (number: number): Buffer => wavBytes({ values: grid(10, 1, number * 10), stored: 'int32' })
    const path = await folderOf({ 'part 10.wav': wav(2), 'part 9.wav': wav(1), 'part 1.wav': wav(0) })
    await withRecording(path, async (recording) => {
      expect(recording.info).toMatchObject({ shape: { time: 30, channel: 1 }, startTimeNs: null, sampleRateHz: 1000 })
      expect(recording.info.warnings[0]).toMatch(/in the order of their names/)
      expect(await readAll(recording)).toEqual(grid(30, 1).flat())
    })
  })

  test('HDF5 files: more of them than are kept open', async () => {
    const path = fixtures.place('prodml')
    await mkdir(path)
    for (let k = 0; k < 10; k++) await writeProdml(join(path, `${k}.h5`), { rows: 20, loci: 6 })
    // All begin at the same time: the first is the recording, the others are there already.
    await withRecording(path, async (recording) => {
      expect(recording.info).toMatchObject({ format: 'prodml', shape: { time: 20, channel: 6 } })
      expect(recording.info.warnings.join(' ')).toMatch(/9 stretches begin before/)
      expect(await readAll(recording)).toHaveLength(120)
    })
  })

  test('nothing in it that could be read', async () => {
    const path = await folderOf({ 'notes.txt': 'Dear reader' })
    await expect(openRecording(path)).rejects.toThrow(/is a folder that holds no recording: notes\.txt is not a rec/)
  })
})

describe('a folder of miniSEED files', () => {
  test('channels in files of their own, and hours in files of their own', async () => {
    const values = (from: number): number[] => Array.from({ length: 100 }, (_, i) => from + i)
    const second = 1000n * ms
    const path = await folderOf({
      'HS2.1': record2({ values: values(5000), startNs: start, channel: 'HS2' }),
      'HS2.0': record2({ values: values(5100), startNs: start + second, channel: 'HS2' }),
      'HS1.all': Buffer.concat(
        [0, 1].map((k) => record2({ values: values(k * 100), startNs: start + BigInt(k) * second, channel: 'HS1' }))
      )
    })
    await withRecording(path, async (recording) => {
      expect(recording.info).toMatchObject({
        format: 'mseed',
        shape: { time: 200, channel: 2 },
        channelNames: ['XX.00001..HS1', 'XX.00001..HS2'],
        warnings: [],
        metadata: { files: 3 }
      })
      expect(await readAll(recording)).toEqual(Array.from({ length: 200 }, (_, i) => [i, 5000 + i]).flat())
    })
  })

  const real = dasData('geofon_9N_HSF.mseed')
  test.skipIf(real === null)('a damaged record is named with its file', async () => {
    const path = fixtures.place('real')
    await mkdir(path)
    await copyFile(real!, join(path, 'one.mseed'))
    await copyFile(dasData('etna_9n_3chan_10s.mseed')!, join(path, 'two.mseed'))
    const file = await open(join(path, 'one.mseed'), 'r+')
    await file.write(Buffer.from([99, 99]), 0, 2, 4096 * 100 + 1000)
    await file.close()
    await withRecording(path, async ({ info }) => {
      expect(info.warnings[0]).toMatch(
        /^Left out: in one\.mseed the record of 9N\.00066\.\.HSF at byte 409600 holds 2684 of the 2686 samples/
      )
      expect(info.gaps).toHaveLength(2)
    })
  })
})

describe('10 000 files', () => {
  test('open without being opened one by one; what is odd among them is looked at', { timeout: 60_000 }, async () => {
    const path = fixtures.place('many')
    await mkdir(path)
    const count = 10_000
    for (let k = 0; k < count; k++)
      if (k !== 4321) writeFileSync(join(path, `${k}.raw`), part(k, { lateNs: k >= 7000 ? 3n * ms : 0n }))
    await truncate(join(path, '5000.raw'), 96 + 10 * 16)
    await writeFile(join(path, '6000.raw'), Buffer.alloc(part(0).length, 7))
    const before = performance.now()
    await withRecording(path, async (recording) => {
      const elapsed = performance.now() - before
      const { info } = recording
      expect(info.shape).toEqual({ time: (count - 2) * 20 - 10, channel: 4 })
      expect(info.gaps).toEqual([
        { startTimeNs: start + 4321n * 20n * ms, endTimeNs: start + 4322n * 20n * ms },
        { startTimeNs: start + (5000n * 20n + 10n) * ms, endTimeNs: start + 5001n * 20n * ms },
        { startTimeNs: start + 6000n * 20n * ms, endTimeNs: start + 6001n * 20n * ms },
        { startTimeNs: start + 7000n * 20n * ms, endTimeNs: start + (7000n * 20n + 3n) * ms }
      ])
      expect(info.warnings.join(' ')).toMatch(/4 gaps\. 6000\.raw was left out/)
      expect(info.metadata.filesNotYetOpened).toBeGreaterThan(9000)
      expect(elapsed).toBeLessThan(10_000)
      const row = await recording.read({
        time: { from: 0, to: info.shape.time, stride: 20_000 },
        channel: { from: 0, to: 1 }
      })
      // Rows of the files themselves: two files and a half are missing in front of the last ones.
      expect([...row.slice(0, 5)]).toEqual([0, 20_000, 40_000, 60_000, 80_000].map((index) => index * 100))
      expect(row[9]).toBe((180_000 + 20 + 10 + 20) * 100)
    })
  })

  test('names that say nothing: the order of writing helps', async () => {
    const path = fixtures.place('hashed')
    await mkdir(path)
    const count = 1000
    for (let k = 0; k < count; k++) {
      const name = join(path, `${((k * 7919) % count).toString(36)}x.raw`)
      writeFileSync(name, part(k))
      utimesSync(name, 1_700_000_000, 1_700_000_000 + k)
    }
    await withRecording(path, async (recording) => {
      expect(recording.info).toMatchObject({ shape: { time: count * 20, channel: 4 }, gaps: [], warnings: [] })
      expect(recording.info.metadata.filesNotYetOpened).toBeGreaterThan(800)
      const rows = await recording.read({
        time: { from: 7, to: count * 20, stride: 3000 },
        channel: { from: 3, to: 4 }
      })
      expect([...rows]).toEqual([7, 3007, 6007, 9007, 12_007, 15_007, 18_007].map((row) => row * 100 + 3))
    })
  })

  test('a file that is not what its neighbours promised is named when it is read', async () => {
    const path = fixtures.place('swapped')
    await mkdir(path)
    const count = 400
    for (let k = 0; k < count; k++) writeFileSync(join(path, `${k}.raw`), part(k))
    const opened = await openRecording(path)
    const unopened = opened.info.metadata.filesNotYetOpened as number
    expect(unopened).toBeGreaterThan(300)
    await opened.close()
    await rm(join(path, '203.raw'))
    await link(join(path, '3.raw'), join(path, '203.raw'))
    await withRecording(path, async (recording) => {
      const read = recording.read({ time: { from: 203 * 20, to: 203 * 20 + 1 }, channel: { from: 0, to: 1 } })
      await expect(read).rejects.toThrow(/203\.raw has 20 rows where 20 were expected, and begins -4 s from where/)
    })
  })
})
