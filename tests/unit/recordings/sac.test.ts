import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import { fixtureFolder, readAll } from './fixtureFolder.ts'
import { sacBytes, type SacOptions, writing } from './seismicFixtures.ts'

const folder = fixtureFolder()
const start = BigInt(Date.UTC(2024, 1, 29, 12, 30, 15, 250)) * 1_000_000n
const ramp = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i)

test.each([
  [6, true],
  [6, false],
  [7, true],
  [7, false]
] as const)('version %i, little-endian %s', async (version, littleEndian) => {
  const recording = await folder.open(
    writing(sacBytes({ values: ramp(0, 30), version, littleEndian, beginS: 0.5, deltaS: 0.002 }))
  )
  expect(recording.info).toMatchObject({
    format: 'sac',
    formatVersion: String(version),
    shape: { time: 30, channel: 1 },
    sampleRateHz: 500,
    startTimeNs: start + 500_000_000n,
    channelNames: ['XX.00001..HSF'],
    warnings: []
  })
  expect(await readAll(recording)).toEqual(ramp(0, 30))
})

test('a cut-off file, uneven samples', async () => {
  const bytes = sacBytes({ values: ramp(0, 30) })
  const { info } = await folder.open(writing(bytes.subarray(0, bytes.length - 6)))
  expect(info.shape.time).toBe(28)
  expect(info.warnings).toEqual([expect.stringMatching(/says 30 samples, the file has 28/)])
  await expect(folder.open(writing(sacBytes({ values: [1], isEven: false })))).rejects.toThrow(/unevenly spaced/)
})

async function openFolder(files: Record<string, SacOptions | string>): ReturnType<typeof openRecording> {
  const path = folder.place('traces')
  await mkdir(path)
  for (const [name, options] of Object.entries(files))
    await writeFile(join(path, name), typeof options === 'string' ? options : sacBytes(options))
  return openRecording(path)
}

test('a folder of them: a column for each name, rows by time', async () => {
  const recording = await openFolder({
    'z.sac': { values: ramp(0, 100), station: '00001' },
    'a.sac': { values: ramp(500, 100), station: '00002' },
    'b.sac': { values: ramp(100, 100), station: '00001', second: 16 },
    'c.sac': { values: ramp(600, 50), station: '00002', second: 16 },
    'notes.txt': 'not a trace'
  })
  expect(recording.info).toMatchObject({
    format: 'sac',
    file: folder.place('traces'),
    shape: { time: 200, channel: 2 },
    dtype: 'float32',
    channelNames: ['XX.00001..HSF', 'XX.00002..HSF'],
    startTimeNs: start,
    metadata: { files: 4 }
  })
  expect(recording.info.warnings).toEqual([
    expect.stringMatching(/Short: XX\.00002\.\.HSF by 50 of 200/),
    'Left out, as they are not SAC: notes.txt.'
  ])
  const rows = await recording.read({ time: { from: 0, to: 200, stride: 70 }, channel: { from: 0, to: 2 } })
  expect([...rows]).toEqual([0, 500, 70, 570, 140, 640])
  const last = await recording.read({ time: { from: 199, to: 200 }, channel: { from: 0, to: 2 } })
  expect([...last]).toEqual([199, Number.NaN])
  await recording.close()
})

test('files of two rates are no single recording', async () => {
  await expect(
    openFolder({ 'a.sac': { values: ramp(0, 100) }, 'b.sac': { values: ramp(0, 10), station: '00002', deltaS: 0.1 } })
  ).rejects.toThrow(/not of one acquisition: b\.sac has XX\.00002\.\.HSF at 10 Hz, a\.sac XX\.00001\.\.HSF at 100 Hz/)
})
