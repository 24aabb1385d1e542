import { spawnSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { ensureBuilt } from '../../../src-main/launch.ts'
import { runCommand } from '../../support/commandLine.ts'
import { exportOf, sourceOf, startNs, temporaryFolder } from '../../unit/export/exportFixtures.ts'

beforeAll(() => ensureBuilt(), 300_000)

/** PRODML, channels 20 to 29, 2 s at 1 kHz. */
async function sourceIn(folder: string): Promise<string> {
  const path = join(folder, 'source.h5')
  await exportOf(sourceOf({ rows: 2000, channels: 10, scale: 0.5 }), path, 'prodml')
  return path
}

const python = process.env.WAVEFALL_PYTHON ?? 'python3'
const judge = `
import sys, json, numpy as np, h5py, scipy.signal as s
source, spectrogram, energy = sys.argv[1:]
f = h5py.File(source); found = []
f.visititems(lambda name, item: found.append(item) if isinstance(item, h5py.Dataset) and item.ndim == 2 else None)
x = found[0][()].astype(float)
x = x if x.shape[0] > x.shape[1] else x.T
kw = dict(fs=1000, window='hann', nperseg=256, noverlap=128, detrend=False)
f, t, p = s.spectrogram(x[500:, 3], **kw)
a = np.load(spectrogram); d = json.load(open(spectrogram[:-4] + '.json'))
e = np.load(energy)
f2, t2, q = s.spectrogram(x, axis=0, **kw)
band = (f2 >= 50) & (f2 <= 200)
r = q[band].sum(axis=0).T * 1000 / 256
print(json.dumps(dict(dtype=str(a.dtype), c=bool(a.flags.c_contiguous), shape=a.shape, expected=p.T.shape,
  spectrogram=float(abs(a - p.T).max() / p.max()), frequencies=float(abs(f - np.array(d['frequenciesHz'])).max()),
  energy=float(abs(e - r).max() / r.max()))))
`

function judged(...paths: string[]): Record<string, unknown> | null {
  const done = spawnSync(python, ['-c', judge, ...paths], { encoding: 'utf8', timeout: 60_000 })
  if (/ModuleNotFoundError|ENOENT/.test(`${done.stderr}${done.error?.message ?? ''}`)) {
    process.stderr.write(`\nSKIPPING scipy as judge of spectra: ${python} lacks it (see WAVEFALL_PYTHON)\n`)
    return null
  }
  if (done.status !== 0) throw new Error(done.stderr)
  return JSON.parse(done.stdout) as Record<string, unknown>
}

describe('spectrogram and band-energy', () => {
  test('arrays as scipy computes them, with their axes beside them, one JSON document on standard output', async () => {
    const folder = await temporaryFolder()
    const source = await sourceIn(folder)
    const [spectrogram, energy] = [join(folder, 'a.npy'), join(folder, 'b.npy')]
    const args = ['spectrogram', source, spectrogram, '--channel', '23', '--nfft', '256', '--time', '0.5:', '--json']
    const { code, out, err } = await runCommand(args)
    expect([code, err]).toEqual([0, ''])
    expect(out.trim().split('\n')).toHaveLength(1)
    expect(JSON.parse(out)).toMatchObject({ sidecar: join(folder, 'a.json'), unit: '(nm/m/s)²/Hz', shape: [10, 129] })
    const document = JSON.parse(await readFile(join(folder, 'a.json'), 'utf8')) as Record<string, unknown>
    expect(document).toMatchObject({ hop: 128, db: false, startTimeNs: String(startNs + 500_000_000n) })
    expect((await runCommand(['band-energy', source, energy, '--band', '50:200', '--nfft', '256'])).code).toBe(0)
    const found = judged(source, spectrogram, energy)
    if (found === null) return
    expect(found).toMatchObject({ dtype: 'float32', c: true, shape: [10, 129], expected: [10, 129], frequencies: 0 })
    // The source holds its samples as float32.
    expect(found.spectrogram).toBeLessThan(1e-6)
    expect(found.energy).toBeLessThan(1e-6)
  })

  test.each([
    [['spectrogram', 'a.npy'], 2, '--channel'],
    [['spectrogram', 'a.npy', '--channel', '3'], 1, 'it has 20 to 29'],
    [['band-energy', 'a.npy', '--band', '600:700'], 1, 'reach only to 500 Hz'],
    [['picture', 'a.png', '--size', '16x16'], 2, '320x200'],
    [['picture', 'source.h5.png', '--band', '600:700'], 1, 'reach only to 500 Hz']
  ] as const)('%j ends with %i and says why', async ([command, target, ...rest], expected, sentence) => {
    const folder = await temporaryFolder()
    const source = await sourceIn(folder)
    const { code, out, err } = await runCommand([command, source, join(folder, target), ...rest])
    expect([code, out]).toEqual([expected, ''])
    expect(err).toContain(sentence)
    expect((await readdir(folder)).filter((name) => !name.startsWith('source.h5'))).toEqual([])
  })
})

describe('picture', () => {
  test('a part of a recording, as large as asked for', async () => {
    const view = 'spectrogram'
    const folder = await temporaryFolder()
    const target = join(folder, `${view}.png`)
    const part = ['--channels', '22:27', '--time', '0.25:1.75', '--band', '20:200', '--size', '640x400', '--json']
    const { code, out, err } = await runCommand(['picture', await sourceIn(folder), target, '--view', view, ...part])
    expect([code, err]).toEqual([0, ''])
    const document = JSON.parse(out) as { plot: Record<'left' | 'top' | 'width' | 'height', number> }
    expect(document).toMatchObject({ view, target, startTimeNs: String(startNs + 250_000_000n) })
    const image = PNG.sync.read(await readFile(target))
    expect([image.width, image.height]).toEqual([640, 400])
    const { left, top, width, height } = document.plot
    const at = (left + Math.floor(width / 3) + (top + Math.floor(height / 3)) * image.width) * 4
    expect(image.data[at + 3]).toBe(255)
    // A second run replaces the first.
    expect((await runCommand(['picture', join(folder, 'source.h5'), target, '--view', view])).code).toBe(0)
  })
})
