import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Settings } from '../../../src-preload/contract/settings.ts'
import { ensureBuilt } from '../../../src-main/launch.ts'
import { runCommand, startCommand } from '../../support/commandLine.ts'

let folder: string
beforeAll(() => ensureBuilt(), 300_000)
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'wavefall-settings-cli-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('command line over environment over file; all settings are saved as they hold; diagnostics pack them', async () => {
  const config = join(folder, 'site.json')
  const saved = join(folder, 'saved.json')
  const data = join(folder, 'data')
  writeFileSync(
    config,
    JSON.stringify({ version: 1, site: { name: 'North' }, jobs: { queueMax: 1, concurrentMax: 2, staleAfterS: 99 } })
  )
  const core = startCommand(
    [
      ...['serve', '--json', '--port', '0', '--data', data, '--config', config, '--save-config', saved],
      ...['--set', 'jobs.queueMax=5', '--log-level', 'debug']
    ],
    { WAVEFALL_JOBS_QUEUE_MAX: '3', WAVEFALL_JOBS_CONCURRENT_MAX: '4', WAVEFALL_JOBS_CPU_REFUSE_PERCENT: 'much' }
  )
  try {
    await core.firstLine()
    const settings = JSON.parse(readFileSync(saved, 'utf8')) as Settings
    expect(settings.site.name).toBe('North')
    expect(settings.jobs).toMatchObject({ queueMax: 5, concurrentMax: 4, staleAfterS: 99, cpuRefusePercent: 85 })
    expect(settings.tasks.workersMax).toBe(4)
    // The file itself is what it was.
    expect(JSON.parse(readFileSync(config, 'utf8'))).toMatchObject({ jobs: { queueMax: 1 } })
    expect(core.err()).toContain('WAVEFALL_JOBS_CPU_REFUSE_PERCENT')
  } finally {
    expect(await core.stop()).toBe(0)
  }
  const bundle = join(folder, 'report.zip')
  const packed = await runCommand(['diagnostics', bundle, '--data', data, '--json'])
  expect(packed.code, packed.err).toBe(0)
  const { contents, bytes } = JSON.parse(packed.out) as { contents: string[]; bytes: number }
  expect(contents).toEqual(expect.arrayContaining(['about.json', 'doctor.json', 'logs/wavefall.log']))
  expect(readFileSync(bundle).length).toBe(bytes)
}, 90_000)

test('a settings file that is not there is one sentence and exit 1', async () => {
  const { code, out, err } = await runCommand(['serve', '--json', '--port', '0', '--config', join(folder, 'none.json')])
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toContain(`There is no settings file ${join(folder, 'none.json')}.`)
})
