import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import type { Recording } from '../../../src-main/recordings/recording.ts'
import { type OptodasFixture, writeOptodas } from './hdf5Fixtures.ts'

let folder: string
let opened: Recording[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-optodas-'))
  opened = []
})

afterEach(async () => {
  for (const recording of opened) await recording.close()
  await rm(folder, { recursive: true })
})

async function openOptodas(fixture: Partial<OptodasFixture> = {}): Promise<Recording> {
  const path = join(folder, 'o.hdf5')
  await writeOptodas(path, { rows: 10, channels: [40, 44, 48], ...fixture })
  const recording = await openRecording(path)
  opened.push(recording)
  return recording
}

const all = { time: { from: 0, to: 10 }, channel: { from: 0, to: 3 } }

test('int16 with data scale and sensitivity becomes strain rate', async () => {
  const data = Int16Array.from({ length: 30 }, (_, i) => i * 1000 - 15_000)
  const recording = await openOptodas({
    data,
    version: 11n,
    dataScale: 6.5e-4,
    sensitivities: [9.25e6, 9.25e6, 9.25e6],
    sensitivityUnit: 'rad/(m*strain)'
  })
  expect(recording.info).toMatchObject({
    formatVersion: '11',
    dtype: 'int16',
    scale: 6.5e-4 / 9.25e6,
    unit: 'strain/s',
    quantity: 'strain rate',
    startTimeNs: 1_700_000_000_250_000_000n,
    endTimeNs: 1_700_000_000_266_000_000n,
    sampleIntervalNs: 1_600_000,
    sampleRateHz: 625,
    channelSpacingM: 5,
    firstChannel: 40,
    channelStep: 4,
    firstDistanceM: 50,
    gaugeLengthM: 8,
    warnings: []
  })
  expect([...(await recording.read(all))]).toEqual([...data])
})

test('sensitivities that differ fit no single scale: the phase rate is handed out', async () => {
  const { info } = await openOptodas({ dataScale: 2, sensitivities: [3, 4, 5], sensitivityUnit: 'rad/(m*strain)' })
  expect(info).toMatchObject({ scale: 2, unit: 'rad/m/s', quantity: 'phase rate per distance' })
  expect(info.warnings).toEqual([expect.stringContaining('differ between channels')])
})

test('several regions of interest leave no single spacing: every channel has its distance', async () => {
  const { info } = await openOptodas({
    channels: [10, 20, 30, 100, 102],
    regions: { start: [10, 100], end: [30, 102], step: [10, 2] }
  })
  expect(info).toMatchObject({
    channelSpacingM: null,
    firstChannel: null,
    channelStep: 1,
    firstDistanceM: 12.5,
    distancesM: [12.5, 25, 37.5, 125, 127.5]
  })
  expect(info.warnings).toEqual([expect.stringMatching(/10 to 30 step 10, 100 to 102 step 2/)])
})

test('without a list of channels they are those of the regions of interest', async () => {
  const { info } = await openOptodas({
    channels: [10, 20, 30, 100, 102],
    listedChannels: [],
    regions: { start: [10, 100], end: [35, 103], step: [10, 2] }
  })
  expect(info.distancesM).toEqual([12.5, 25, 37.5, 125, 127.5])
  const places = await openOptodas({ listedChannels: [] })
  expect(places.info).toMatchObject({ channelSpacingM: 5, firstDistanceM: 50, firstChannel: null })
})

test('strain is not called strain rate; of several sensitivities on offer the first is taken', async () => {
  const { info } = await openOptodas({ unit: 'strain' })
  expect(info).toMatchObject({ quantity: 'strain', unit: 'strain', scale: 1 })
  const offered = await openOptodas({ sensitivities: [4, 8], areOffered: true, sensitivityUnit: 'rad/(m*strain)' })
  expect(offered.info).toMatchObject({ scale: 0.25, unit: 'strain/s', quantity: 'strain rate' })
  expect(offered.info.warnings).toEqual([expect.stringMatching(/offers 2; the first/)])
})

test('distance × time is transposed on reading', async () => {
  const recording = await openOptodas({ dimensionNames: ['distance', 'time'] })
  expect(recording.info).toMatchObject({ shape: { time: 10, channel: 3 }, storedOrder: ['channel', 'time'] })
  const values = await recording.read({ time: { from: 8, to: 10 }, channel: { from: 0, to: 3 } })
  expect([...values]).toEqual([8, 18, 28, 9, 19, 29].map((index) => index / 4))
})

test('a version beyond those known is read with a warning; channels that do not fit the data are refused', async () => {
  const { info } = await openOptodas({ version: 12n })
  expect(info.warnings).toEqual([expect.stringContaining('fileVersion is 12')])
  await expect(openOptodas({ listedChannels: [40, 44] })).rejects.toThrow(
    /o\.hdf5: data is 10 × 3, but header\/channels lists 2 channels/
  )
})
