import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Hdf5Fault, Hdf5Library } from '../../../src-main/recordings/hdf5/hdf5Library.ts'
import { Hdf5Reader } from '../../../src-main/recordings/hdf5/hdf5File.ts'
import { RecordingError } from '../../../src-main/recordings/recording.ts'
import { statisticsOf } from '../../../src-main/recordings/statistics.ts'
import { RecordingReader } from '../../../src-main/recordings/worker/recordingReader.ts'
import { recordingWorkerFile } from '../../../src-main/recordings/worker/workerFile.ts'
import { writeBandEnergy, writeHdf5, writeOptodas, writeProdml } from './hdf5Fixtures.ts'
import { silixaProperties, writeTdms } from './tdmsFixture.ts'

let folder: string
let reader: RecordingReader
const place = (name: string): string => join(folder, name)
const small = ['prodml.h5', 'energy.h5', 'optodas.hdf5', 'silixa.tdms']

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-bad-'))
  const values = Array.from({ length: 30 }, (_, row) => Array.from({ length: 6 }, (_, c) => row * 10 + c))
  await writeProdml(place('prodml.h5'), { rows: 60, loci: 8, chunks: [16, 8] })
  await writeBandEnergy(place('energy.h5'), 20, 6, 'time-locus')
  await writeOptodas(place('optodas.hdf5'), { rows: 40, channels: [4, 8, 12, 16] })
  await writeTdms(place('silixa.tdms'), [{ values }, { values, isInterleaved: false, chunkRows: 15 }], {
    properties: silixaProperties
  })
  reader = new RecordingReader({ workerFile: recordingWorkerFile(), timeoutMs: 5000 })
})

afterAll(async () => {
  await reader.dispose()
  await rm(folder, { recursive: true })
})

/** Opens and reads everything, as `inspect --statistics` does; of a file that claims to be huge only its ends. */
async function readWhole(path: string): Promise<void> {
  const recording = await reader.open(path)
  const { time, channel } = recording.info.shape
  try {
    for (let band = 0; band < Math.max(1, recording.info.bands.length); band++) {
      if (time * channel < 1 << 24) await statisticsOf(recording, { band })
      else
        for (const from of [0, time - 1])
          await recording.read({
            time: { from, to: from + 1 },
            channel: { from: 0, to: Math.min(channel, 1 << 20) },
            band
          })
    }
  } finally {
    await recording.close()
  }
}

const refusal = async (path: string): Promise<string> => {
  const error = await readWhole(path).then(
    () => null,
    (thrown: unknown) => thrown
  )
  expect(error).toBeInstanceOf(RecordingError)
  expect((error as RecordingError).file).toBe(path)
  expect((error as RecordingError).message.startsWith(`${path}: `)).toBe(true)
  return (error as RecordingError).message.slice(path.length + 2)
}

describe('refused with a sentence', () => {
  test('missing, empty, a folder, not allowed', async () => {
    expect(await refusal(place('none.h5'))).toBe('does not exist')
    await writeFile(place('empty.h5'), '')
    expect(await refusal(place('empty.h5'))).toBe('is empty (0 bytes)')
    await mkdir(place('folder'))
    expect(await refusal(place('folder'))).toMatch(/^is a folder that holds no recording\./)
    expect(await refusal(place('prodml.h5/inside'))).toMatch(/^does not exist/)
  })

  test.skipIf(process.getuid?.() === 0)('one that this user may not read', async () => {
    await writeFile(place('locked.h5'), 'x')
    await chmod(place('locked.h5'), 0)
    expect(await refusal(place('locked.h5'))).toMatch(/may not be read by this user/)
  })

  test('a foreign file, with what it is and what was looked for', async () => {
    await writeFile(place('notes.h5'), 'Dear reader, this is no recording.')
    const sentence = await refusal(place('notes.h5'))
    expect(sentence).toMatch(/starts with the text "Dear"/)
    expect(sentence).toMatch(/OptoDAS.*TDMS.*PRODML/)
    await writeHdf5(place('other.h5'), (file) => file.create_group('Acoustic'))
    expect(await refusal(place('other.h5'))).toMatch(/an HDF5 file with Acoustic at its root/)
    await writeHdf5(place('nothing.h5'), () => undefined)
    expect(await refusal(place('nothing.h5'))).toMatch(/an HDF5 file with nothing in it/)
    await writeHdf5(place('hollow.h5'), (file) => file.create_group('Acquisition').create_group('Raw[0]'))
    expect(await refusal(place('hollow.h5'))).toMatch(/is PRODML, but neither .* holds samples/)
  })

  test('a truncated file, with how far it goes', async () => {
    const bytes = await readFile(place('prodml.h5'))
    await writeFile(place('short.h5'), bytes.subarray(0, 6000))
    expect(await refusal(place('short.h5'))).toMatch(/damaged or incomplete HDF5 file: truncated file: eof = 6000/)
  })
})

/** Damaged versions of the small files, for ever; Numerical Recipes' generator gives the same ones on every run. */
function* damages(contents: Buffer[], seed: number): Generator<{ name: string; bytes: Buffer }, never> {
  let state = seed
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (let round = 0; ; round++) {
    const bytes = Buffer.from(contents[round % small.length]!)
    // Headers are small: half of the rounds hit them alone.
    const area = random(2) === 1 ? Math.min(bytes.length, 8000) : bytes.length
    for (let flips = 1 + random(8); flips > 0; flips--) bytes[random(area)] = random(3) ? random(256) : 255
    const isCut = random(4) === 0
    yield { name: small[round % small.length]!, bytes: isCut ? bytes.subarray(0, random(bytes.length)) : bytes }
  }
}

const smallContents = (): Promise<Buffer[]> => Promise.all(small.map((name) => readFile(place(name))))

describe('cut and flipped bytes', () => {
  test.each([7, 99])(
    'every damage is a refusal that names the file, or is read (seed %i)',
    { timeout: 120_000 },
    async (seed) => {
      const random = damages(await smallContents(), seed)
      const before = process.memoryUsage.rss()
      let refused = 0
      for (let round = 0; round < 500; round++) {
        const { name, bytes } = random.next().value
        const path = place(`damaged-${name}`)
        await writeFile(path, bytes)
        try {
          await readWhole(path)
        } catch (error) {
          refused += 1
          if (!(error instanceof RecordingError) || !error.message.includes(path))
            throw new Error(`round ${round}: ${String(error)}`, { cause: error })
        }
        // No damaged file may spoil the next sound one.
        if (round % 100 === 99) for (const sound of small) await readWhole(place(sound))
      }
      expect(refused).toBeGreaterThan(100)
      expect(refused).toBeLessThan(500)
      expect(process.memoryUsage.rss() - before).toBeLessThan(256 * 1024 * 1024)
    }
  )
})

describe('the thread', () => {
  test('one that hangs costs its file, not the others', async () => {
    const workerFile = resolve(import.meta.dirname, '../../support/hangingWorker.ts')
    const mortal = new RecordingReader({ workerFile, timeoutMs: 5000 })
    try {
      const sound = await mortal.open(place('prodml.h5'))
      const range = { time: { from: 0, to: 2 }, channel: { from: 0, to: 2 } }
      const first = await sound.read(range)
      const hanging = mortal.open(place('hanging.h5')).then(
        () => 'it was opened',
        (error: unknown) => (error as Error).message
      )
      const [refused, read] = await Promise.all([hanging, sound.read(range)])
      expect(refused).toMatch(/hanging\.h5: cannot be read: its reader did not answer within 5 s and was stopped/)
      expect(read).toEqual(first)
      await sound.close()
    } finally {
      await mortal.dispose()
    }
  })

  test('a recording that changed under a new thread is not mixed with the old one', async () => {
    await writeProdml(place('changing.h5'), { rows: 10, loci: 3 })
    const recording = await reader.open(place('changing.h5'))
    await reader.dispose()
    await writeProdml(place('changing.h5'), { rows: 12, loci: 3 })
    await expect(recording.read({ time: { from: 0, to: 1 }, channel: { from: 0, to: 1 } })).rejects.toThrow(
      /has changed/
    )
    await recording.close()
  })
})

test('a fault of the library costs an instance: open files are opened again in a fresh one', async () => {
  const library = new Hdf5Library()
  const key = {}
  const namesOf = () => library.use(key, place('prodml.h5'), (file) => new Hdf5Reader(file, 1e6).names('/'))
  expect(await namesOf()).toEqual(['Acquisition'])
  const fault = library.use({}, place('energy.h5'), () => {
    throw new Hdf5Fault('memory access out of bounds')
  })
  await expect(fault).rejects.toThrow(/gave up on it \(memory access out of bounds\)/)
  expect(await namesOf()).toEqual(['Acquisition'])
  await library.release(key)
})

test('many files at once need few descriptors', async () => {
  const library = new Hdf5Library()
  const keys = Array.from({ length: 50 }, () => ({}))
  let module: unknown = null
  for (const [index, key] of keys.entries()) {
    const path = place(`copy-${index}.h5`)
    await copyFile(place('prodml.h5'), path)
    await library.use(key, path, (file) => {
      module = file.module
    })
  }
  const { streams } = (module as { FS: { streams: ({ nfd: number } | null)[] } }).FS
  expect(streams.filter((stream) => stream && stream.nfd > 2)).toHaveLength(32)
  for (const key of keys) await library.release(key)
  expect(streams.filter((stream) => stream && stream.nfd > 2)).toHaveLength(0)
})
