import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeBundle } from '../../../src-main/diagnostics/bundle.ts'
import { withoutSecrets } from '../../../src-main/diagnostics/withoutSecrets.ts'
import { withFile } from '../../../src-main/recordings/binary/binaryFile.ts'
import { zipMembers } from '../../../src-main/recordings/numpy/zipDirectory.ts'

let folder: string
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'wavefall-bundle-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

test('secrets are left out by the names of their keys and inside of addresses; whether they are set is kept', () => {
  const tree = {
    smtpPassword: 'hunter2',
    password: null,
    token: '',
    slackWebhook: 'https://hooks.example/T0/B0/xyz',
    channels: [{ routingKey: 'abc', url: 'https://user:pw@site.example:5000/api', apiKey: 7 }],
    tokens: 3,
    keyboard: 'kept',
    backendUrl: 'http://10.0.0.5:5000'
  }
  const shown = JSON.stringify(withoutSecrets(tree))
  for (const secret of ['hunter2', 'xyz', 'abc', 'user:pw']) expect(shown).not.toContain(secret)
  expect(withoutSecrets(tree)).toMatchObject({
    smtpPassword: '(set, left out)',
    password: null,
    token: '',
    keyboard: 'kept',
    backendUrl: 'http://10.0.0.5:5000',
    channels: [{ url: 'https://(left out)@site.example:5000/api', apiKey: '(set, left out)' }]
  })
})

test('logs and documents are packed; a part that fails says why, and the others are there', async () => {
  const log = join(folder, 'wavefall.log')
  const text = `${'{"event":"x"}\n'.repeat(200_000)}end\n`
  await writeFile(log, text)
  const file = join(folder, 'out', 'bundle.zip')
  const bundle = await writeBundle(file, {
    logFiles: [log, join(folder, 'not-there.log')],
    documents: {
      'settings.json': () => ({ password: 'hunter2', big: 12n }),
      'doctor.json': () => Promise.reject(new Error('no doctor here')),
      'thrown.json': () => {
        throw new Error('at once')
      }
    }
  })
  expect(bundle.contents).toEqual(['settings.json', 'doctor.json', 'thrown.json', 'logs/wavefall.log'])
  const bytes = await readFile(file)
  expect(bundle.bytes).toBe(bytes.length)
  expect(await readdir(join(folder, 'out'))).toEqual(['bundle.zip'])
  expect(bytes.includes('hunter2')).toBe(false)
  expect(bytes.includes('"failed": "no doctor here"')).toBe(true)
  expect(bytes.includes('"failed": "at once"')).toBe(true)
  expect(bytes.includes('"big": "12"')).toBe(true)
  const members = withFile(file, (opened) => zipMembers(opened, bytes.length))
  expect(typeof members === 'string' ? members : members.map(({ name }) => name)).toEqual(bundle.contents)
  expect(bytes.includes(text.slice(-100))).toBe(true)
})

test('where it cannot be written it fails and leaves nothing behind', async () => {
  await writeFile(join(folder, 'taken'), '')
  await expect(writeBundle(join(folder, 'taken', 'a.zip'), { logFiles: [], documents: {} })).rejects.toThrow()
  expect(await readdir(folder)).toEqual(['taken'])
})
