import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRecordingHere } from '../../../src-main/recordings/openRecordingHere.ts'
import { RecordingError, type Recording } from '../../../src-main/recordings/recording.ts'
import { verifySession } from '../../../src-main/recordings/session/verifySession.ts'
import {
  captureWriter,
  blockOf,
  offerOf,
  sessionOptions,
  firstWrongSample,
  smallShape
} from '../../support/sessionFixture.ts'
import { eventually } from '../../support/eventually.ts'

const blocks = 60
const seed = Number(process.env.WAVEFALL_TEST_SEED ?? 20_261_121)
const rounds = process.env.WAVEFALL_LONG ? 1000 : 60

let folder: string
/** Closed, and as it lies on the disk while it is written (nothing of it is closed or listed). */
let closed: string
let open: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-damage-'))
  closed = join(folder, 'closed')
  open = join(folder, 'open')
  const writer = captureWriter({ commitAfterMs: 0 })
  writer.offer(offerOf(smallShape))
  await writer.begin(sessionOptions(closed, { segmentBytes: 4000 }))
  for (let number = 0; number < blocks; number++) {
    if (number === 31)
      writer.gap({
        startNs: blockOf(smallShape, 31).startNs,
        endNs: blockOf(smallShape, 33).startNs,
        firstSequence: 31,
        lastSequence: 32,
        rows: null,
        reason: 'the test says so'
      })
    if (number !== 31 && number !== 32) writer.push(blockOf(smallShape, number))
    await eventually('written', () => writer.counters().queuedBytes === 0)
  }
  await cp(closed, open, { recursive: true })
  await writer.close('The test is over.')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

let state = seed
const random = (below: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}

/** Opens and reads all: an error that names the place, or samples of which none is wrong. */
async function readable(place: string): Promise<{ samples: number; gaps: number; warnings: string[] } | string> {
  let recording: Recording | null = null
  try {
    recording = await openRecordingHere(place)
    const wrong = await firstWrongSample(recording, smallShape)
    expect(wrong).toBeNull()
    const { shape, gaps, warnings } = recording.info
    return { samples: shape.time, gaps: gaps.length, warnings }
  } catch (error) {
    expect(error).toBeInstanceOf(RecordingError)
    expect((error as RecordingError).message).toContain(folder)
    return (error as Error).message
  } finally {
    await recording?.close()
  }
}

test('as it was captured', async () => {
  expect(await readable(closed)).toEqual({ samples: (blocks - 2) * 25, gaps: 1, warnings: [] })
  const asItLay = await readable(open)
  expect(asItLay).toMatchObject({ samples: (blocks - 2) * 25, gaps: 1 })
})

describe('cut at any byte', () => {
  test(`the newest segment of a session that was not closed: all whole blocks before the cut (seed ${seed})`, async () => {
    await rm(join(open, 'recording.lock'), { force: true })
    const names = (await readdir(open)).filter((name) => name.endsWith('.wfs'))
    const last = names.at(-1)!
    const bytes = await readFile(join(open, last))
    const place = join(folder, 'cut')
    await cp(open, place, { recursive: true })
    const before = await readable(place)
    const samplesOfLast = await samplesIn(place, last)
    for (let round = 0; round < rounds; round++) {
      const at = round < 30 ? round * 3 : random(bytes.length + 1)
      await writeFile(join(place, last), bytes.subarray(0, at))
      const found = await readable(place)
      if (typeof found === 'string') throw new Error(`cut at ${at}: ${found}`)
      const whole = Math.max(0, wholeFramesWithin(bytes, at))
      const expected = (before as { samples: number }).samples - samplesOfLast + whole * 25
      expect({ at, samples: found.samples }).toEqual({ at, samples: expected })
    }
  })

  async function samplesIn(place: string, name: string): Promise<number> {
    return wholeFramesWithin(await readFile(join(place, name)), Infinity) * 25
  }

  /** Data frames that end within the first bytes, counted without the program's own scan. */
  function wholeFramesWithin(bytes: Buffer, limit: number): number {
    let count = 0
    for (let at = 0; at + 64 <= bytes.length;) {
      const end = at + 64 + bytes.readUInt32LE(at + 16)
      if (end > Math.min(limit, bytes.length)) break
      if (bytes[at + 6] === 0) count++
      at = end
    }
    return count
  }

  test('a closed segment: what is missing is a gap, and verify says where', async () => {
    const place = join(folder, 'cut-closed')
    await cp(closed, place, { recursive: true })
    const names = (await readdir(place)).filter((name) => name.endsWith('.wfs'))
    await truncate(join(place, names[2]!), 700)
    const found = await readable(place)
    expect(found).toMatchObject({ gaps: 2 })
    expect((found as { warnings: string[] }).warnings.join(' ')).toContain(`${names[2]} is shorter`)
    const { whole, problems } = await verifySession(place)
    expect(whole).toBe(false)
    expect(problems.some(({ file, offset }) => file === names[2] && offset === 700)).toBe(true)
  })
})

describe('flipped bytes', () => {
  test.each(['closed', 'open'])(
    `in any file of a session that was %s: no wrong sample (seed ${seed})`,
    { timeout: 60_000 },
    async (which) => {
      const from = which === 'closed' ? closed : open
      const place = join(folder, `flipped-${which}`)
      await cp(from, place, { recursive: true })
      const names = (await readdir(place)).filter((name) => name !== 'README.txt' && name !== 'recording.lock')
      let refused = 0
      for (let round = 0; round < rounds; round++) {
        const name = names[random(names.length)]!
        const bytes = await readFile(join(from, name))
        if (bytes.length === 0) continue
        const damaged = Buffer.from(bytes)
        for (let flips = 1 + random(3); flips > 0; flips--) damaged[random(bytes.length)]! ^= 1 << random(8)
        await writeFile(join(place, name), damaged)
        if (typeof (await readable(place)) === 'string') refused++
        if (name.endsWith('.wfs')) {
          const { problems } = await verifySession(place)
          expect({ round, name, found: problems.length > 0 }).toEqual({ round, name, found: true })
          expect(problems.some(({ file }) => file === name)).toBe(true)
        }
        await writeFile(join(place, name), bytes)
      }
      expect(refused).toBeLessThan(rounds)
    }
  )
})
