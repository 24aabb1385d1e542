import { describe, expect, test } from 'vitest'
import { foreignFile, foreignNames } from './foreignFiles.ts'
import { fixtureFolder, readAll } from './fixtureFolder.ts'
import { writing } from './seismicFixtures.ts'

const folder = fixtureFolder()

const formulas: Record<string, (k: number) => number> = {
  int16: (k) => 7 * k - 100,
  int32: (k) => 70_001 * k - 100,
  float32: (k) => k / 4 - 3,
  float64: (k) => k * 0.1 - 3,
  steim1: (k) => 31 * k * k - 900,
  steim2: (k) => 31 * k * k - 900
}

/** Row by row, as `Recording.read` hands it out. */
function expectedOf(name: string): { values: number[]; dtype: string; format: string } {
  const [format, kind] = name.split('-') as [string, string]
  const series = (formula: (k: number) => number): number[] => Array.from({ length: 50 }, (_, k) => formula(k))
  if (format === 'mseed')
    return { format: 'mseed', dtype: kind.startsWith('steim') ? 'int32' : kind, values: series(formulas[kind]!) }
  if (format === 'sac') return { format, dtype: 'float32', values: series(formulas.float32!) }
  if (format === 'segy') {
    const dtype = { 1: 'float32', 2: 'int32', 3: 'int16', 5: 'float32' }[kind]!
    return {
      format,
      dtype,
      values: Array.from({ length: 60 }, (_, i) => 3 * Math.floor(i / 3) + 100 * (i % 3) - 50)
    }
  }
  const bytes = Number(kind) / 8
  const value = (k: number): number => (bytes === 1 ? 3 * k - 128 : 37 * 256 ** (bytes - 2) * k - 300)
  const dtype = { 1: 'int8', 2: 'int16', 3: 'int32', 4: 'int32' }[bytes]!
  return { format, dtype, values: Array.from({ length: 20 }, (_, k) => value(k)) }
}

describe('files that ObsPy and Python wrote', () => {
  test.each(foreignNames)('%s', async (name) => {
    const recording = await folder.open(writing(foreignFile(name)))
    const { format, dtype, values } = expectedOf(name)
    expect(recording.info).toMatchObject({ format, dtype })
    expect(await readAll(recording)).toEqual(values)
    if (format === 'wav') expect(recording.info).toMatchObject({ sampleRateHz: 8000, startTimeNs: null })
    else {
      expect(recording.info).toMatchObject({
        sampleRateHz: 100,
        sampleIntervalNs: 10_000_000,
        startTimeNs: format === 'segy' ? 1675210919000000000n : 1675210919381990000n,
        warnings: []
      })
      if (format !== 'segy') expect(recording.info.channelNames).toEqual(['3U.A0905..HSF'])
    }
  })
})
