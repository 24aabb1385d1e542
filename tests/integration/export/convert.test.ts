import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openRecordingHere } from '../../../src-main/recordings/openRecordingHere.ts'
import { runCommand, startCommand } from '../../support/commandLine.ts'
import { eventually } from '../../support/eventually.ts'
import { exportOf, sourceOf, startNs, temporaryFolder, valueAt } from '../../unit/export/exportFixtures.ts'

async function sourceIn(folder: string, rows = 2000, channels = 30): Promise<string> {
  const path = join(folder, 'source.h5')
  await exportOf(sourceOf({ rows, channels }), path, 'prodml')
  return path
}

describe('wavefall convert', () => {
  test('a part, decimated, as one JSON document', async () => {
    const folder = await temporaryFolder()
    const source = await sourceIn(folder)
    const target = join(folder, 'part.zarr')
    const args = ['convert', source, target, '--time', '0.5:1.5', '--channels', '22:25', '--decimate', '4', '--json']
    const { code, out, err } = await runCommand(args)
    expect([code, err]).toEqual([0, ''])
    expect(out.trim().split('\n')).toHaveLength(1)
    expect(JSON.parse(out)).toMatchObject({
      format: 'zarr',
      shape: { time: 250, channel: 4 },
      dtype: 'float32',
      unit: 'nm/m/s',
      startTimeNs: String(startNs + 500_000_000n),
      sampleIntervalNs: '4000000',
      sampleRateHz: 250,
      firstChannel: 22,
      sidecar: `${target}.json`
    })
    const recording = await openRecordingHere(target)
    expect(recording.info.startTimeNs).toBe(startNs + 500_000_000n)
    await recording.close()
  })

  test('times as options, values as they are', async () => {
    const folder = await temporaryFolder()
    const target = join(folder, 'part.npy')
    const time = '2023-04-26T16:14:49.043Z:2023-04-26T16:14:49.045Z'
    const { code } = await runCommand(['convert', await sourceIn(folder), target, '--time', time, '--channels', '20'])
    expect(code).toBe(0)
    const bytes = await readFile(target)
    expect([bytes.readInt16LE(128), bytes.readInt16LE(130)]).toEqual([valueAt(1, 0), valueAt(2, 0)])
  })

  test.each([
    [['part.xyz'], 2, 'its ending says no format'],
    [['part.npy', '--format', 'tiff'], 2, 'Give one of prodml'],
    [['part.npy', '--time', '20:10'], 2, 'FROM'],
    [['part.npy', '--decimate', '0'], 2, 'whole number'],
    [['part.npy', '--time', '500:600'], 1, 'no samples lie between'],
    [['part.npy', '--channels', '1:5'], 1, 'it has 20 to 49'],
    [['part.wav'], 1, 'one channel'],
    [['away/part.npy'], 1, 'does not exist'],
    [['source.h5', '--overwrite'], 1, 'the recording itself']
  ])('%j ends with %i and one sentence', async (args, expectedCode, words) => {
    const folder = await temporaryFolder()
    const source = await sourceIn(folder)
    const before = await readdir(folder)
    const [target, ...options] = args as [string, ...string[]]
    const { code, out, err } = await runCommand(['convert', source, join(folder, target), ...options])
    expect(code).toBe(expectedCode)
    expect(out).toBe('')
    expect(err).toContain(words)
    expect(await readdir(folder)).toEqual(before)
  })

  test('an existing target is left alone, and replaced when told to', async () => {
    const folder = await temporaryFolder()
    const source = await sourceIn(folder)
    const target = join(folder, 'all.npz')
    expect((await runCommand(['convert', source, target])).code).toBe(0)
    const sum = async (): Promise<string> =>
      createHash('sha256')
        .update(await readFile(target))
        .digest('hex')
    const before = await sum()
    const refused = await runCommand(['convert', source, target, '--time', '0:1'])
    expect([refused.code, await sum()]).toEqual([1, before])
    expect((await runCommand(['convert', source, target, '--time', '0:1', '--overwrite'])).code).toBe(0)
    expect(await sum()).not.toBe(before)
  })

  test('Ctrl+C leaves nothing behind', async () => {
    const folder = await temporaryFolder()
    const source = await sourceIn(folder, 60_000)
    const out = join(folder, 'all.csv')
    const before = await readdir(folder)
    const running = startCommand(['convert', source, out])
    await eventually('the export to have begun', async () =>
      (await readdir(folder)).some((name) => name.endsWith('.partial'))
    )
    expect(await running.stop('SIGINT')).toBe(1)
    expect(running.err()).toContain('cancelled')
    expect(await readdir(folder)).toEqual(before)
  })
})
