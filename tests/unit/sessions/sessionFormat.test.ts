import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRecordingHere } from '../../../src-main/recordings/openRecordingHere.ts'
import { crc32, portableCrc32 } from '../../../src-main/recordings/session/crc32.ts'
import { decodeFrameHeader, encodeFrameHeader, type FrameHeader } from '../../../src-main/recordings/session/frame.ts'
import { verifySession } from '../../../src-main/recordings/session/verifySession.ts'
import { captureBlocks, firstWrongSample, originNs, smallShape, valueAt } from '../../support/sessionFixture.ts'

let folder: string
let session: string
const blocks = 40

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-session-'))
  session = join(folder, 'whole')
  await captureBlocks(session, smallShape, [0, blocks])
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('sums', () => {
  test('the known answer of CRC-32', () => {
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926)
    expect(portableCrc32(Buffer.from('123456789'))).toBe(0xcbf43926)
  })

  test('the portable sum equals that of zlib for any bytes in any two pieces', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, at) => {
        const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)]
        const expected = zlibCrc32(bytes)
        return portableCrc32(bytes) === expected && portableCrc32(tail, portableCrc32(head)) === expected
      })
    )
  })
})

describe('frame headers', () => {
  const header: FrameHeader = {
    kind: 'data',
    element: 'float32',
    payloadCrc: 0xdeadbeef,
    payloadBytes: 4 * 3 * 5,
    sampleCount: 3,
    channelCount: 5,
    frame: 2 ** 32 - 1,
    sequence: 2 ** 40 + 1,
    startNs: -1_700_000_000_123_456_789n,
    firstSample: 2 ** 45,
    sampleIntervalNs: 1e9 / 1999.98
  }

  test('come back as they were, to the last bit of the interval', () => {
    const bytes = Buffer.alloc(64)
    encodeFrameHeader(header, bytes)
    expect(decodeFrameHeader(bytes)).toEqual(header)
  })

  test('one flipped bit anywhere is seen', () => {
    const bytes = Buffer.alloc(64)
    encodeFrameHeader(header, bytes)
    for (let bit = 0; bit < 512; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      expect(decodeFrameHeader(bytes)).toBeNull()
      bytes[bit >> 3]! ^= 1 << (bit & 7)
    }
  })
})

describe('a session that was closed', () => {
  test('says what it is', async () => {
    const recording = await openRecordingHere(session)
    expect(recording.info).toMatchObject({
      format: 'wavefall-session',
      shape: { time: blocks * smallShape.rowsPerBlock, channel: smallShape.channels },
      dtype: 'int16',
      scale: 0.5,
      unit: 'nm/m/s',
      startTimeNs: originNs,
      endTimeNs: originNs + BigInt((blocks * smallShape.rowsPerBlock * 1e9) / smallShape.rateHz),
      sampleIntervalNs: 2e6,
      firstChannel: 11,
      channelSpacingM: 1.02,
      gaugeLengthM: 10,
      gaps: [],
      segments: null,
      warnings: []
    })
    expect(await firstWrongSample(recording, smallShape)).toBeNull()
    await recording.close()
  })

  test('gives any range with any strides', async () => {
    const recording = await openRecordingHere(session)
    const { time, channel } = recording.info.shape
    const range = (length: number) =>
      fc
        .tuple(fc.nat(length), fc.nat(length), fc.integer({ min: 1, max: 90 }))
        .map(([a, b, stride]) => ({ from: Math.min(a, b), to: Math.max(a, b), stride }))
    await fc.assert(
      fc.asyncProperty(range(time), range(channel), async (rows, columns) => {
        const values = await recording.read({ time: rows, channel: columns })
        const expected: number[] = []
        for (let row = rows.from; row < rows.to; row += rows.stride)
          for (let column = columns.from; column < columns.to; column += columns.stride)
            expected.push(valueAt(row, column))
        expect(Array.from(values)).toEqual(expected)
      }),
      { numRuns: 200 }
    )
    await recording.close()
  })

  test('opens by one of its segments and by its manifest too', async () => {
    for (const name of ['segment-000001.wfs', 'session.json']) {
      const recording = await openRecordingHere(join(session, name))
      expect(recording.info.shape.time).toBe(blocks * smallShape.rowsPerBlock)
      await recording.close()
    }
  })

  test('is whole, and holds nothing that is left over', async () => {
    expect(await verifySession(session)).toMatchObject({ whole: true, samples: blocks * 25, problems: [] })
    expect(await readdir(session)).toEqual(['README.txt', 'segment-000001.index', 'segment-000001.wfs', 'session.json'])
  })

  test('float32, and many segments', async () => {
    const shape = { ...smallShape, elementType: 'float32' as const, rowsPerBlock: 2000, channels: 300 }
    const place = join(folder, 'float')
    await captureBlocks(place, shape, [0, 20], { segmentBytes: 8_000_000 })
    const recording = await openRecordingHere(place)
    expect(recording.info).toMatchObject({ dtype: 'float32', shape: { time: 40_000, channel: 300 }, warnings: [] })
    expect(recording.info.metadata.segmentFiles).toBeGreaterThan(3)
    expect(await firstWrongSample(recording, shape)).toBeNull()
    await recording.close()
    expect((await verifySession(place)).problems).toEqual([])
  })

  test('the Python of its README.txt reads it', async (context) => {
    const readme = await readFile(join(session, 'README.txt'), 'utf8')
    const program = readme.slice(readme.indexOf('Python:') + 8).replace(/^ {4}/gm, '')
    const check = `${program}\nprint(len(blocks), blocks[0][0], int(sum(b.astype('i8').sum() for _, b in blocks)))`
    const run = spawnSync('python3', ['-c', check], { cwd: session, encoding: 'utf8' })
    if (run.status !== 0 && /ENOENT|No module named/.test(`${run.error?.message} ${run.stderr}`)) {
      process.stderr.write('\nSKIPPING the Python of README.txt: there is no python3 with numpy here\n')
      return context.skip()
    }
    let sum = 0
    for (let sample = 0; sample < blocks * 25; sample++)
      for (let channel = 0; channel < 7; channel++) sum += valueAt(sample, channel)
    expect(run.stderr).toBe('')
    expect(run.stdout.trim()).toBe(`${blocks} ${originNs} ${sum}`)
  })
})

describe('what can be made anew', () => {
  const copyWithout = async (name: string, ...gone: string[]): Promise<string> => {
    const copy = join(folder, name)
    await cp(session, copy, { recursive: true })
    for (const file of gone) await unlink(join(copy, file))
    return copy
  }

  test.each([
    ['index', ['segment-000001.index']],
    ['manifest', ['session.json']],
    ['both', ['segment-000001.index', 'session.json', 'README.txt']]
  ])('without its %s', async (name, gone) => {
    const copy = await copyWithout(`no-${name}`, ...gone)
    const recording = await openRecordingHere(copy)
    expect(recording.info.shape.time).toBe(blocks * 25)
    expect(recording.info).toMatchObject({ unit: 'nm/m/s', scale: 0.5, firstChannel: 11, gaugeLengthM: 10 })
    expect(await firstWrongSample(recording, smallShape)).toBeNull()
    const isTold = recording.info.warnings.some((warning) => warning.includes('session.json'))
    expect(isTold).toBe(gone.includes('session.json'))
    await recording.close()
  })

  test('a manifest that somebody changed is not believed', async () => {
    const copy = await copyWithout('changed')
    const file = join(copy, 'session.json')
    await writeFile(file, (await readFile(file, 'utf8')).replace('"scale": 0.5', '"scale": 5.0'))
    const recording = await openRecordingHere(copy)
    expect(recording.info.scale).toBe(0.5)
    expect(recording.info.warnings[0]).toMatch(/session\.json does not match its own sum/)
    await recording.close()
  })

  test('one of a later version is refused, not misread', async () => {
    const copy = await copyWithout('later')
    const file = join(copy, 'session.json')
    await writeFile(file, (await readFile(file, 'utf8')).replace('"version": 1', '"version": 2'))
    await expect(openRecordingHere(copy)).rejects.toThrow(/is of version 2/)
  })
})
