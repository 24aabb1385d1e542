import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSources, type Sources } from '../../../src-main/focus-server/sources/sources.ts'
import type { SourceSpec } from '../../../src-main/focus-server/sources/sourceSpec.ts'
import { type Recording, RecordingError } from '../../../src-main/recordings/recording.ts'
import { createMemoryRecording, type MemoryRecording } from './memoryRecording.ts'

let folder: string
let opened: MemoryRecording[]
let sources: Sources | null

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-sources-'))
  opened = []
  sources = null
})

afterEach(async () => {
  await sources?.dispose()
  expect(opened.every(({ isClosed }) => isClosed)).toBe(true)
  await rm(folder, { recursive: true })
})

/** Names stand for what is in the files: `timeless…` knows no start, `rateless…` no rate, `broken…` can't be read. */
function openRecording(path: string): Promise<Recording> {
  const name = basename(path)
  if (name.startsWith('broken')) return Promise.reject(new RecordingError(path, 'is no HDF5 file'))
  if (name.startsWith('odd')) return Promise.reject(new TypeError('unexpected'))
  const recording = createMemoryRecording(
    { time: 10, channel: 2 },
    {
      file: path,
      ...(name.startsWith('timeless') ? { startTimeNs: null } : {}),
      ...(name.startsWith('rateless') ? { sampleIntervalNs: null } : {})
    }
  )
  opened.push(recording)
  return Promise.resolve(recording)
}

const create = async (specs: SourceSpec[], recordingsFolder: string | null = null): Promise<Sources> => {
  sources = await createSources({ specs, recordingsFolder, openRecording })
  return sources
}
const small: SourceSpec = { kind: 'simulated', options: { channels: 8 } }
const names = (all: Sources): string[] => all.historic.map(({ description }) => description.name)

describe('live', () => {
  test('the simulated fibre is live and historic; silent is no fibre; faulty brings its faults', async () => {
    const simulated = await create([small])
    expect(simulated.live?.description.channelCount).toBe(8)
    expect(simulated.historic).toEqual([simulated.live])
    const silent = await create([{ kind: 'silent' }])
    expect(silent.live).toBeNull()
    expect(silent.historic).toEqual([])
    const fault = { kind: 'stall', atS: 1, durationS: 2, everyS: null } as const
    const faulty = await create([{ kind: 'faulty', options: { channels: 3 }, faults: [fault] }])
    expect(faulty.live?.description.channelCount).toBe(3)
    expect(faulty.faults).toEqual([fault])
  })

  test('nothing named: the simulated fibre as it is by default', async () => {
    expect((await create([])).live?.description).toMatchObject({ kind: 'simulated', channelCount: 2222 })
  })

  test('a recording is played in a loop and offered for its own time too', async () => {
    const all = await create([{ kind: 'recording', path: join(folder, 'a.h5') }])
    expect(all.live?.live).toBe(true)
    expect(names(all)).toEqual(['a.h5'])
    expect(all.historic[0]!.live).toBe(false)
  })

  test('only the first is live; later recordings are historic, later fibres are named as left out', async () => {
    const all = await create([small, { kind: 'recording', path: join(folder, 'b.h5') }, { kind: 'silent' }])
    expect(all.live?.description.kind).toBe('simulated')
    expect(names(all)).toEqual(['Simulated fibre', 'b.h5'])
    expect(all.warnings).toEqual(['Source “silent” was left out: only the first source is live.'])
  })

  test('a recording that cannot be read or played leaves no fibre and says why', async () => {
    const broken = await create([{ kind: 'recording', path: join(folder, 'broken.h5') }])
    expect(broken.live).toBeNull()
    expect(broken.warnings).toEqual([`${join(folder, 'broken.h5')}: is no HDF5 file (so there is no live fibre)`])
    const rateless = await create([{ kind: 'recording', path: join(folder, 'rateless.h5') }])
    expect(rateless.live).toBeNull()
    expect(rateless.warnings[0]).toContain('rateless.h5: cannot be played as live: it does not say its sample rate')
    const timeless = await create([{ kind: 'recording', path: join(folder, 'timeless.h5') }])
    expect(timeless.live?.live).toBe(true)
    expect(timeless.historic).toEqual([])
    expect(timeless.warnings[0]).toContain('it does not say when it was recorded')
  })
})

describe('a folder of recordings', () => {
  test('is searched; what cannot be read is a warning with file and reason, papers are passed over', async () => {
    await mkdir(join(folder, 'deeper', 'still'), { recursive: true })
    for (const name of [
      'b.h5',
      'broken.h5',
      'odd.sgy',
      'timeless.npy',
      'README.md',
      '.hidden.h5',
      'deeper/still/a.tdms'
    ]) {
      await writeFile(join(folder, name), name)
    }
    await symlink(folder, join(folder, 'deeper', 'round'))
    await symlink(join(folder, 'nowhere'), join(folder, 'dangling.h5'))
    const all = await create([{ kind: 'silent' }], folder)
    expect(names(all)).toEqual(['b.h5', 'a.tdms'])
    expect(all.warnings).toEqual([
      `${join(folder, 'broken.h5')}: is no HDF5 file`,
      `${join(folder, 'odd.sgy')}: cannot be read: unexpected`,
      `${join(folder, 'timeless.npy')}: cannot be offered as a historic job: it does not say when it was recorded. The file does not say when it was recorded; state it once, as in: wavefall inspect FILE --rate HZ --start TIME --spacing M`
    ])
  })

  test('that is not there is a warning', async () => {
    const all = await create([small], join(folder, 'none'))
    expect(all.live).not.toBeNull()
    expect(all.warnings[0]).toContain('none: cannot be listed')
  })

  test('recordings are added at run time, each once, and a failed one may be tried again', async () => {
    const all = await create([{ kind: 'silent' }])
    const path = join(folder, 'later.h5')
    const [first, second] = await Promise.all([
      all.addRecording(path),
      all.addRecording(join(folder, 'x', '..', 'later.h5'))
    ])
    expect(first.ok && second.ok && first.value === second.value).toBe(true)
    expect(names(all)).toEqual(['later.h5'])
    expect(opened).toHaveLength(1)
    const broken = await all.addRecording(join(folder, 'broken.h5'))
    expect(broken).toMatchObject({ ok: false, error: { code: 'unreadable' } })
    expect(await all.addRecording(join(folder, 'timeless.h5'))).toMatchObject({
      ok: false,
      error: { code: 'unsupported' }
    })
    await all.dispose()
    expect(await all.addRecording(join(folder, 'after.h5'))).toMatchObject({ ok: false })
  })
})
