/**
 * `npm run bench export`: megabytes of samples a second from a NumPy file on the disk to HDF5, Zarr, SEG-Y and miniSEED, as `convert`
 * does it (reading thread, files in their place at the end), against a plain copy of the same bytes in the same rounds.
 */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { ExportFormatName } from '../../src-preload/contract/tasks.ts'
import { exportFormats } from '../../src-main/sessions/export/exportFormats.ts'
import { npyHeader } from '../../src-main/sessions/export/npy.ts'
import { runExport } from '../../src-main/sessions/export/runExport.ts'
import { openRecording } from '../../src-main/recordings/openRecording.ts'
import type { BenchEntry } from './entry.ts'
import { measured, median } from './measure.ts'

const channels = 2222
const megabytes = 256
const rows = Math.floor((megabytes * 1e6) / (channels * 2))
const rounds = 4
const blockBytes = 8 * 1024 * 1024

const targets: Partial<Record<ExportFormatName, number | null>> = { prodml: 150, zarr: 150, segy: 60, mseed: null }
/** Steim-2 takes much longer than the others: a part says it as well. */
const shares: Partial<Record<ExportFormatName, number>> = { mseed: 1 / 16 }

/** Noise of about ten bits, so that Steim has something to do. */
async function makeSource(path: string): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.write(npyHeader('<i2', [rows, channels]))
    const row = new Int16Array(channels)
    let state = 1
    for (let done = 0; done < rows; done++) {
      for (let i = 0; i < channels; i++) {
        state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
        row[i] = state >> 22
      }
      await file.write(new Uint8Array(row.buffer))
    }
  } finally {
    await file.close()
  }
}

async function copy(source: string, target: string): Promise<void> {
  const from = await open(source)
  const to = await open(target, 'wx')
  const buffer = new Uint8Array(blockBytes)
  try {
    for (;;) {
      const { bytesRead } = await from.read(buffer, 0, blockBytes)
      if (bytesRead === 0) break
      await to.write(buffer, 0, bytesRead)
    }
    await to.sync()
  } finally {
    await Promise.all([from.close(), to.close()])
  }
}

async function megabytesPerSecond(work: () => Promise<unknown>, share = 1): Promise<number> {
  const startedMs = performance.now()
  await work()
  return (share * rows * channels * 2) / 1e3 / (performance.now() - startedMs)
}

export async function run(): Promise<BenchEntry[]> {
  const folder = await mkdtemp(join(tmpdir(), 'wavefall-bench-export-'))
  const source = join(folder, 'source.npy')
  try {
    await makeSource(source)
    const names = Object.keys(targets) as ExportFormatName[]
    const speeds = new Map<string, number[]>([...names, 'copy'].map((name) => [name, []]))
    for (let round = 0; round < rounds; round++) {
      const target = join(folder, 'target')
      speeds.get('copy')!.push(await megabytesPerSecond(() => copy(source, target)))
      await rm(target)
      for (const name of names) {
        const share = shares[name] ?? 1
        const time = share === 1 ? null : { fromNs: '0', toNs: String(Math.floor(rows * share) * 500_000) }
        const work = (): Promise<unknown> =>
          runExport({
            source,
            target,
            format: exportFormats[name],
            selection: { time, channels: null, band: null, decimate: 1 },
            overwrite: false,
            signal: new AbortController().signal,
            // What a NumPy file does not say.
            open: (path) =>
              openRecording(path, { sampleRateHz: 2000, channelSpacingM: 1.02, startTimeNs: 0n, timeAxis: 0 })
          })
        speeds.get(name)!.push(await megabytesPerSecond(work, share))
        await rm(target, { recursive: true })
        await rm(`${target}.json`)
      }
    }
    const copied = median(speeds.get('copy')!)
    return names.map((name): BenchEntry => {
      const { median: value, min, max } = measured(speeds.get(name)!)
      const target = targets[name] ?? null
      return {
        name: `export ${name}`,
        value,
        unit: 'MB/s',
        against: `a plain copy of the same bytes (${copied.toPrecision(3)} MB/s)`,
        ratio: value / copied,
        target: target === null ? null : `≥ ${target} MB/s`,
        meets: target === null ? null : value >= target,
        min,
        max,
        rounds,
        skipped: null
      }
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
