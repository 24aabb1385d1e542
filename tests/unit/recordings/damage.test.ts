import fc from 'fast-check'
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Recording, RecordingError, type RecordingInfo } from '../../../src-main/recordings/recording.ts'
import { RecordingReader } from '../../../src-main/recordings/worker/recordingReader.ts'
import { recordingWorkerFile } from '../../../src-main/recordings/worker/workerFile.ts'
import { type DamageFixture, damageFixtures } from './damageFixtures.ts'

/** Damages a fixture; more with the variable, and other ones on every run. */
const wished = Number(process.env.WAVEFALL_DAMAGE_RUNS ?? 0)
const settings = wished > 0 ? { numRuns: wished } : { numRuns: 20, seed: 20_230_426 }
const mostMemory = 256 * 1024 * 1024
const mostValues = 100_000

interface Damage {
  /** Which file of a folder, and which byte of it, as shares of what there is. */
  file: number
  flips: { place: number; inHeader: boolean; byte: number }[]
  cut: number | null
}

/** Evenly spread: a preference for edges would hit the signature again and again. */
const share = fc.noBias(fc.nat({ max: 2 ** 30 - 1 })).map((number) => number / 2 ** 30)
const damage: fc.Arbitrary<Damage> = fc.record({
  file: share,
  flips: fc.array(
    fc.record({ place: share, inHeader: fc.boolean(), byte: fc.oneof(fc.constant(255), fc.nat({ max: 255 })) }),
    { maxLength: 8 }
  ),
  cut: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: share })
})

let folder: string
let reader: RecordingReader
/** Sound files are waited for, however busy the machine is. */
let patient: RecordingReader

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-damage-'))
  reader = new RecordingReader({ workerFile: recordingWorkerFile(), timeoutMs: 3000 })
  patient = new RecordingReader({ workerFile: recordingWorkerFile(), timeoutMs: 60_000 })
})

afterAll(async () => {
  await reader.dispose()
  await patient.dispose()
  await rm(folder, { recursive: true })
})

async function filesIn(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** Half of the flips hit the first KiB, where headers are. */
async function apply({ file, flips, cut }: Damage, path: string): Promise<void> {
  const files = await filesIn(path)
  const hit = files[Math.floor(file * files.length)]!
  const bytes = await readFile(hit)
  for (const { place, inHeader, byte } of flips)
    bytes[Math.floor(place * (inHeader ? Math.min(bytes.length, 4096) : bytes.length))] = byte
  await writeFile(hit, cut === null ? bytes : bytes.subarray(0, Math.floor(cut * bytes.length)))
}

/** First, middle and last rows, as many values as are allowed. */
async function readSome(recording: Recording): Promise<number[]> {
  const { shape, bands } = recording.info
  const columns = Math.min(shape.channel, mostValues)
  const count = Math.min(shape.time, Math.max(1, Math.floor(mostValues / columns)))
  const starts = [0, Math.floor((shape.time - count) / 2), shape.time - count]
  const found: number[] = []
  for (let band = 0; band < Math.max(1, bands.length); band++)
    for (const from of starts) {
      const values = await recording.read({
        time: { from, to: from + count },
        channel: { from: 0, to: columns },
        band
      })
      expect(values).toHaveLength(count * columns)
      if (band === 0 && from === 0 && found.length === 0) found.push(...values)
    }
  return found
}

/** Whatever a damaged file says, its description is one. */
function checkInfo(info: RecordingInfo, path: string): void {
  expect(info.file).toBe(path)
  for (const length of Object.values(info.shape)) {
    expect(Number.isSafeInteger(length)).toBe(true)
    expect(length).toBeGreaterThan(0)
  }
  const { scale, sampleRateHz, sampleIntervalNs, channelSpacingM, firstDistanceM, gaugeLengthM, firstChannel } = info
  for (const number of [
    scale,
    sampleRateHz,
    sampleIntervalNs,
    channelSpacingM,
    firstDistanceM,
    gaugeLengthM,
    firstChannel
  ])
    expect(number === null || Number.isFinite(number)).toBe(true)
  for (const number of [sampleRateHz, sampleIntervalNs, channelSpacingM])
    expect(number === null || number > 0).toBe(true)
  for (const time of [info.startTimeNs, info.endTimeNs]) expect(time === null || typeof time === 'bigint').toBe(true)
  if (info.distancesM) expect(info.distancesM).toHaveLength(info.shape.channel)
  if (info.channelNames) expect(info.channelNames).toHaveLength(info.shape.channel)
  expect(info.warnings.every((warning) => typeof warning === 'string')).toBe(true)
  expect(() => JSON.stringify(info.metadata)).not.toThrow()
}

/** A refusal that names the file, or null; what is no refusal is thrown on. */
async function refusalOf(path: string, action: () => Promise<void>): Promise<RecordingError | null> {
  try {
    await action()
    return null
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error
    expect(error.file.startsWith(path)).toBe(true)
    expect(error.message.length).toBeGreaterThan(error.file.length + 10)
    return error
  }
}

async function tryDamage(fixture: DamageFixture, sound: string, whole: number[], hurt: Damage): Promise<boolean> {
  const path = join(folder, `damaged-${fixture.name}`)
  await rm(path, { recursive: true, force: true })
  await cp(sound, path, { recursive: true })
  await apply(hurt, path)
  const refusal = await refusalOf(path, async () => {
    const recording = await reader.open(path)
    try {
      checkInfo(recording.info, path)
      const values = await readSome(recording)
      // Bytes that are there are read right: a file that was only cut has no wrong samples.
      if (hurt.flips.length === 0 && !fixture.changesWhenCut) expect(values).toEqual(whole.slice(0, values.length))
    } finally {
      await recording.close()
    }
  })
  return refusal !== null
}

/** Once more where the first try found the thread busy with starting. */
async function readAgain(sound: string): Promise<number[]> {
  const again = await reader.open(sound).catch(() => reader.open(sound))
  const values = await readSome(again)
  await again.close()
  return values
}

describe('cut and flipped bytes of every format', () => {
  test.each(damageFixtures)('$name: refused with its name, or read', { timeout: 120_000 }, async (fixture) => {
    const sound = join(folder, fixture.name)
    await fixture.write(sound)
    const recording = await patient.open(sound)
    const whole = await readSome(recording)
    await recording.close()
    const before = process.memoryUsage.rss()
    let refused = 0
    await fc.assert(
      fc.asyncProperty(damage, async (hurt) => {
        if (await tryDamage(fixture, sound, whole, hurt)) refused += 1
      }),
      settings
    )
    expect(refused).toBeGreaterThan(0)
    expect(process.memoryUsage.rss() - before).toBeLessThan(mostMemory)
    // No damaged file spoils the next sound one, on the same thread.
    expect(await readAgain(sound)).toEqual(whole)
  })
})
