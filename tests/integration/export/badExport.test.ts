import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Recording, RecordingError } from '../../../src-main/recordings/recording.ts'
import { ExportCancelled, ExportError } from '../../../src-main/sessions/export/exportFormat.ts'
import { exportFormats } from '../../../src-main/sessions/export/exportFormats.ts'
import { runExport } from '../../../src-main/sessions/export/runExport.ts'
import { exportFormatNames, type ExportFormatName } from '../../../src-preload/contract/tasks.ts'
import { exportOf, sourceOf, temporaryFolder, wholeSelection } from '../../unit/export/exportFixtures.ts'

const sampled = exportFormatNames.filter((name) => name !== 'das-metadata' && name !== 'wav')
const endingOf = (format: ExportFormatName): string => exportFormats[format].endings[0]!

/** Large enough for several blocks; `beforeRead` is called before each. */
function slowSource(beforeRead: (count: number) => void): Recording {
  const source = sourceOf({ rows: 80_000, channels: 300 })
  let count = 0
  return {
    ...source,
    read(range) {
      count += 1
      beforeRead(count)
      return source.read(range)
    }
  }
}

describe.each(sampled)('%s', (format) => {
  test('cancelled in the middle: nothing is left', async () => {
    const folder = await temporaryFolder()
    const cancelling = new AbortController()
    const recording = slowSource((count) => count === 2 && cancelling.abort())
    const exporting = runExport({
      source: recording.info.file,
      target: join(folder, `export${endingOf(format)}`),
      format: exportFormats[format],
      selection: wholeSelection,
      overwrite: false,
      signal: cancelling.signal,
      open: () => Promise.resolve(recording)
    })
    await expect(exporting).rejects.toBeInstanceOf(ExportCancelled)
    expect(await readdir(folder)).toEqual([])
  })

  test('a source that is damaged in the middle: its own sentence, and nothing is left', async () => {
    const folder = await temporaryFolder()
    const recording = slowSource((count) => {
      if (count === 2) throw new RecordingError('/a/source.h5', 'samples 100 to 200 cannot be read: bad chunk')
    })
    const exporting = exportOf(recording, join(folder, `export${endingOf(format)}`), format)
    await expect(exporting).rejects.toThrow('/a/source.h5: samples 100 to 200 cannot be read: bad chunk')
    expect(await readdir(folder)).toEqual([])
  })

  test('an existing target stays what it is, unless it may be overwritten', async () => {
    const folder = await temporaryFolder()
    const target = join(folder, `export${endingOf(format)}`)
    const small = sourceOf({ rows: 20 })
    await exportOf(small, target, format)
    const before = await readdir(folder)
    await expect(exportOf(sourceOf({ rows: 10 }), target, format)).rejects.toThrow('it exists already')
    const outcome = await runExport({
      source: small.info.file,
      target,
      format: exportFormats[format],
      selection: wholeSelection,
      overwrite: true,
      signal: new AbortController().signal,
      open: () => Promise.resolve(sourceOf({ rows: 10 }))
    })
    expect(outcome.content.rows).toBe(10)
    expect(await readdir(folder)).toEqual(before)
  })
})

describe('targets that are refused', () => {
  test('the recording itself, also by another name', async () => {
    const folder = await temporaryFolder()
    const source = join(folder, 'source.npy')
    await writeFile(source, 'x')
    await symlink(source, join(folder, 'other.npy'))
    const recording = sourceOf({ file: source })
    for (const name of ['source.npy', 'other.npy'])
      await expect(
        runExport({
          source,
          target: join(folder, name),
          format: exportFormats.npy,
          selection: wholeSelection,
          overwrite: true,
          signal: new AbortController().signal,
          open: () => Promise.resolve(recording)
        })
      ).rejects.toThrow('the recording itself')
    expect(await readFile(source, 'utf8')).toBe('x')
  })

  test('a folder that is no Zarr is never replaced', async () => {
    const folder = await temporaryFolder()
    const target = join(folder, 'mine.zarr')
    await mkdir(target)
    await writeFile(join(target, 'diary.txt'), 'dear diary')
    const exporting = runExport({
      source: '/recordings/memory.h5',
      target,
      format: exportFormats.zarr,
      selection: wholeSelection,
      overwrite: true,
      signal: new AbortController().signal,
      open: () => Promise.resolve(sourceOf())
    })
    await expect(exporting).rejects.toThrow('no Zarr')
    expect(await readFile(join(target, 'diary.txt'), 'utf8')).toBe('dear diary')
  })

  test('a folder that is not there', async () => {
    const folder = await temporaryFolder()
    await expect(exportOf(sourceOf(), join(folder, 'away', 'a.npy'), 'npy')).rejects.toThrow('does not exist')
  })

  test.skipIf(process.getuid?.() === 0)('a folder that may not be written', async () => {
    const folder = await temporaryFolder()
    await chmod(folder, 0o500)
    await expect(exportOf(sourceOf(), join(folder, 'a.npy'), 'npy')).rejects.toThrow('is not allowed')
  })

  test('each of them is an ExportError, of no use to try again', async () => {
    const folder = await temporaryFolder()
    const error = await exportOf(sourceOf(), join(folder, 'away', 'a.npy'), 'npy').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ExportError)
    expect((error as ExportError).mayPass).toBe(false)
  })
})

/** A process that may write files of 1 MiB at most: a disk that is full in the middle. */
async function exportOnFullDisk(folder: string, format: ExportFormatName): Promise<{ out: string; left: string[] }> {
  const target = join(folder, `export${endingOf(format)}`)
  const script = resolve(import.meta.dirname, 'fullDisk.ts')
  const child = spawn('sh', ['-c', `ulimit -f 2048; exec "$0" "$@"`, process.execPath, script, format, target], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  await once(child, 'close')
  return { out, left: await readdir(folder) }
}

describe.skipIf(process.platform === 'win32').each(['prodml', 'zarr', 'segy', 'mseed', 'npz'] as const)(
  '%s on a disk that gets full',
  (format) => {
    test('says so, and leaves nothing', async () => {
      const { out, left } = await exportOnFullDisk(await temporaryFolder(), format)
      expect(out).toContain('there is no room left for it')
      expect(left).toEqual([])
    })
  }
)
