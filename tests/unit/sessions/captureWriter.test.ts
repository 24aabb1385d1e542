import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRecordingHere } from '../../../src-main/recordings/openRecordingHere.ts'
import { verifySession } from '../../../src-main/recordings/session/verifySession.ts'
import { spaceOutlook, whyNoRoom } from '../../../src-main/sessions/capture/spaceWatch.ts'
import { eventually } from '../../support/eventually.ts'
import {
  blockOf,
  captureBlocks,
  captureWriter,
  firstWrongSample,
  offerOf,
  sessionOptions,
  smallShape,
  type StreamShape
} from '../../support/sessionFixture.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-writer-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function check(
  place: string,
  shape: StreamShape = smallShape
): Promise<{ samples: number; gaps: number; first: number }> {
  expect((await verifySession(place)).problems).toEqual([])
  const recording = await openRecordingHere(place)
  expect(await firstWrongSample(recording, shape)).toBeNull()
  await recording.close()
  const { shape: found, gaps, startTimeNs } = recording.info
  const first = Math.round(Number(startTimeNs! - blockOf(shape, 0).startNs) / blockOf(shape, 0).sampleIntervalNs)
  return { samples: found.time, gaps: gaps.length, first }
}

test('armed, it keeps the last seconds, whatever came before', async () => {
  const place = join(folder, 'armed')
  const writer = captureWriter({ preTrigger: { seconds: 1, maxBytes: 1_000_000 } })
  writer.offer(offerOf(smallShape))
  for (let number = 0; number < 200; number++) writer.push(blockOf(smallShape, number))
  expect(writer.counters()).toMatchObject({ phase: 'armed', blocks: 20 })
  await writer.begin(sessionOptions(place))
  writer.push(blockOf(smallShape, 200))
  await writer.close('done')
  expect(await check(place)).toEqual({ samples: 21 * 25, gaps: 0, first: 180 * 25 })
})

test('armed, it keeps no more bytes than it may', () => {
  const writer = captureWriter({ preTrigger: { seconds: 1000, maxBytes: 10_000 } })
  writer.offer(offerOf(smallShape))
  for (let number = 0; number < 500; number++) expect(writer.push(blockOf(smallShape, number))).toBe(true)
  const { queuedBytes, blocks } = writer.counters()
  expect(queuedBytes).toBeLessThanOrEqual(10_000)
  expect(blocks).toBe(Math.floor(10_000 / (64 + 350)))
})

test('what comes twice is written once; what never comes is a gap, with a record even where the stream is silent about it', async () => {
  const place = join(folder, 'holes')
  const writer = captureWriter()
  writer.offer(offerOf(smallShape))
  await writer.begin(sessionOptions(place))
  for (const number of [0, 1, 2, 1, 2, 3]) writer.push(blockOf(smallShape, number))
  for (const number of [10, 11]) writer.push(blockOf(smallShape, number))
  // Half a block again, half of it new.
  const half = blockOf({ ...smallShape, rowsPerBlock: 40 }, 7)
  writer.push({ ...half, sequence: 12 })
  const { startNs } = blockOf(smallShape, 13)
  const { startNs: endNs } = blockOf(smallShape, 15)
  writer.gap({ startNs, endNs, firstSequence: 13, lastSequence: 14, rows: null, reason: 'the backend shed them' })
  writer.push(blockOf(smallShape, 15))
  await writer.close('done')
  expect(writer.counters()).toMatchObject({ gaps: 3, lostBlocks: 2 })
  expect(await check(place)).toMatchObject({ samples: 7 * 25 + 20, gaps: 2 })
  const { metadata } = (await openRecordingHere(place)).info
  expect(metadata.gapReasons).toEqual([
    expect.stringContaining('the stream has a hole'),
    expect.stringContaining('the stream has a hole'),
    expect.stringContaining('the backend shed them')
  ])
})

test('a ring keeps its size and forgets the oldest', async () => {
  const place = join(folder, 'ring')
  const shape: StreamShape = { channels: 500, rateHz: 1000, rowsPerBlock: 100, elementType: 'int16' }
  const writer = captureWriter({ commitAfterMs: 0 })
  writer.offer(offerOf(shape))
  const maxBytes = 16_000_000
  await writer.begin(sessionOptions(place, { ring: { maxBytes, maxS: null } }))
  let most = 0
  for (let number = 0; number < 300; number++) {
    writer.push(blockOf(shape, number))
    if (number % 5 === 0) await eventually('written', () => writer.counters().queuedBytes === 0)
    most = Math.max(most, writer.counters().diskBytes)
  }
  await writer.close('done')
  expect(most).toBeLessThanOrEqual(maxBytes)
  const { samples, first } = await check(place, shape)
  expect(first + samples).toBe(300 * 100)
  expect(samples * 1000).toBeGreaterThan(maxBytes / 2)
  expect(writer.counters().removedSegments).toBeGreaterThan(10)
})

test('a ring by age keeps what is younger', async () => {
  const place = join(folder, 'age')
  const writer = captureWriter({ commitAfterMs: 0 })
  writer.offer(offerOf(smallShape))
  await writer.begin(sessionOptions(place, { ring: { maxBytes: null, maxS: 1 } }))
  for (let number = 0; number < 80; number++) {
    writer.push(blockOf(smallShape, number))
    await eventually('written', () => writer.counters().queuedBytes === 0)
  }
  await writer.close('done')
  const { samples, first } = await check(place)
  expect(first + samples).toBe(80 * 25)
  expect(samples / 500).toBeGreaterThanOrEqual(1)
  expect(samples / 500).toBeLessThan(1.3)
})

test('a duration ends it by itself, to the sample', async () => {
  const place = join(folder, 'duration')
  const writer = captureWriter()
  writer.offer(offerOf(smallShape))
  await writer.begin(sessionOptions(place, { durationS: 1.23 }))
  for (let number = 5; number < 100; number++) writer.push(blockOf(smallShape, number))
  await eventually('closed', () => writer.counters().phase === 'closed')
  expect(await check(place)).toEqual({ samples: 615, gaps: 0, first: 125 })
})

test('a stream that changes goes on in another session', async () => {
  const place = join(folder, 'changed')
  const other: StreamShape = { ...smallShape, channels: 9 }
  const writer = captureWriter()
  writer.offer(offerOf(smallShape))
  await writer.begin(sessionOptions(place))
  for (let number = 0; number < 10; number++) writer.push(blockOf(smallShape, number))
  writer.offer(offerOf(other))
  for (let number = 10; number < 20; number++) writer.push(blockOf(other, number))
  for (let number = 20; number < 30; number++) writer.push(blockOf(other, number, 0.25))
  await writer.close('done')
  expect(writer.counters().folders).toEqual([place, `${place}-2`, `${place}-3`])
  expect(await check(place)).toMatchObject({ samples: 250 })
  expect(await check(`${place}-2`, other)).toMatchObject({ samples: 250, first: 250 })
  const third = await openRecordingHere(`${place}-3`)
  expect(third.info).toMatchObject({ scale: 0.25, metadata: { continues: 'changed-2', name: 'A test (part 3)' } })
})

test('a disk that is slower than the stream: it asks for a pause, says when it has room, and loses nothing', async () => {
  const place = join(folder, 'slow')
  const shape: StreamShape = { channels: 1000, rateHz: 1000, rowsPerBlock: 500, elementType: 'int16' }
  let drained = 0
  const writer = captureWriter({ queueBytes: 8_000_000 }, { drained: () => drained++ })
  writer.offer(offerOf(shape))
  await writer.begin(sessionOptions(place))
  let number = 0
  while (writer.push(blockOf(shape, number++)));
  // What was on its way when the stream was paused still comes.
  writer.push(blockOf(shape, number++))
  await eventually('room', () => drained === 1)
  expect(writer.push(blockOf(shape, number++))).toBe(true)
  await writer.close('done')
  expect(writer.counters()).toMatchObject({ pauses: 1, gaps: 0, lostBlocks: 0 })
  expect(await check(place, shape)).toEqual({ samples: number * 500, gaps: 0, first: 0 })
})

test('a stream that does not pause: what finds no room is a gap with its numbers, never silent', async () => {
  const place = join(folder, 'deaf')
  const shape: StreamShape = { channels: 1000, rateHz: 1000, rowsPerBlock: 500, elementType: 'int16' }
  const writer = captureWriter({ queueBytes: 4_000_000 })
  writer.offer(offerOf(shape))
  await writer.begin(sessionOptions(place))
  for (let number = 0; number < 12; number++) writer.push(blockOf(shape, number))
  await eventually('room', () => writer.counters().queuedBytes === 0)
  writer.push(blockOf(shape, 12))
  await writer.close('done')
  const { lostBlocks, gaps, blocks } = writer.counters()
  expect(lostBlocks).toBeGreaterThan(0)
  expect(blocks + lostBlocks).toBe(13)
  expect(gaps).toBe(1)
  expect(await check(place, shape)).toMatchObject({ samples: blocks * 500, gaps: 1 })
})

test('a folder that is used already is refused and left as it is', async () => {
  const place = join(folder, 'used')
  await captureBlocks(place, smallShape, [0, 4])
  const before = await stat(join(place, 'session.json'))
  const writer = captureWriter({ preTrigger: { seconds: 1, maxBytes: 100_000 } })
  writer.offer(offerOf(smallShape))
  writer.push(blockOf(smallShape, 0))
  await expect(writer.begin(sessionOptions(place))).rejects.toThrow(/is there already and not empty/)
  expect(writer.counters().phase).toBe('failed')
  expect((await stat(join(place, 'session.json'))).mtimeMs).toBe(before.mtimeMs)
})

test('closed before the first block: no folder, and it says so', async () => {
  const place = join(folder, 'nothing')
  const writer = captureWriter()
  await writer.begin(sessionOptions(place))
  await writer.close('It was stopped.')
  expect(writer.counters()).toMatchObject({ phase: 'closed', reason: 'It was stopped. No block had come.', blocks: 0 })
  await expect(readdir(place)).rejects.toThrow(/ENOENT/)
})

test('room on the disk: refused below 5 %, warned below 10 % and where it does not last', () => {
  const space = (freeBytes: number) => ({ freeBytes, totalBytes: 1e12 })
  expect(whyNoRoom(space(4e9), '/data')).toMatch(/\/data has 4\.0 GB free \(0 %\)/)
  expect(whyNoRoom(space(4e10), '/data')).toBeNull()
  expect(whyNoRoom(null, '/data')).toBeNull()
  const open = { isRing: false, wantedS: null }
  expect(spaceOutlook(space(8e10), 1e6, open)).toEqual({
    secondsLeft: 80_000,
    warnings: ['Only 80 GB (8 %) of the disk are free.']
  })
  expect(spaceOutlook(space(5e11), 1e9, open).warnings).toEqual(['At 1000.0 MB/s the disk is full in 8 min.'])
  expect(spaceOutlook(space(5e11), 1e9, { isRing: false, wantedS: 3600 }).warnings).toEqual([
    'At 1000.0 MB/s the disk is full in 8 min, before the 60 min that are asked for.'
  ])
  expect(spaceOutlook(space(5e11), 1e9, { isRing: true, wantedS: null })).toEqual({ secondsLeft: null, warnings: [] })
})
