/** The backend as a process of its own: what its owner says and hears, and how it ends. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { startFocusServer } from '../../support/focusServerProcess.ts'
import { listenLocally } from '../../support/listenLocally.ts'
import { strictClient, waterfall } from '../../support/strictClient.ts'

const built = process.env.WAVEFALL_TEST_CLI ?? resolve(import.meta.dirname, '../../../out/main/cli.cjs')
const entry = join(dirname(built), 'focusServer.cjs')

interface Backend {
  child: ChildProcess
  base: string
  messages: unknown[]
  log(): string
}

async function startBackend(): Promise<Backend> {
  // Builds where nothing is built yet.
  if (!existsSync(entry)) await (await startFocusServer()).stop()
  const data = await mkdtemp(join(tmpdir(), 'wavefall-backend-'))
  const child = spawn(process.execPath, [entry, '--json', '--port', '0', '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc']
  })
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(data, { recursive: true, force: true })
  })
  const messages: unknown[] = []
  child.on('message', (message) => messages.push(message))
  let [output, log] = ['', '']
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (log += text))
  await eventually('the ready line', () => output.includes('\n'))
  return { child, base: (JSON.parse(output) as { base: string }).base, messages, log: () => log }
}

const exitOf = async (child: ChildProcess): Promise<unknown> =>
  child.exitCode ?? ((await once(child, 'exit')) as [number | null])[0]

it('ends in good order when its owner says so, with jobs open and a stream running', async () => {
  const { child, base, log } = await startBackend()
  const client = strictClient(base)
  const stream = client.blocks(await client.configure(waterfall(1, 50)))
  await stream.next()
  child.send({ type: 'shutdown' })
  expect((await stream.end()).code).toMatch(/CANCELLED|UNAVAILABLE/)
  expect(await exitOf(child), log()).toBe(0)
})

it('ends when its owner is gone', async () => {
  const { child, log } = await startBackend()
  child.disconnect()
  expect(await exitOf(child), log()).toBe(0)
})

it('answers its owner about a recording that cannot be read, and bears nonsense', async () => {
  const { child, base, messages } = await startBackend()
  for (const nonsense of [null, 7, 'text', {}, { type: 'unknown' }, { type: 'add-recording' }])
    child.send(nonsense as object)
  child.send({ type: 'add-recording', path: '/nowhere/absent.h5' })
  await eventually('an answer', () => messages.length > 0)
  expect(messages).toEqual([
    { type: 'added', path: '/nowhere/absent.h5', recordings: [], error: expect.stringContaining('absent.h5') }
  ])
  expect((await strictClient(base).request('GET', '/ack')).status).toBe(200)
})

it('says in one sentence which port is in use, and exits with 1', async () => {
  const other = createServer()
  const port = await listenLocally(other)
  onTestFinished(() => void other.close())
  const child = spawn(process.execPath, [entry, '--json', '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let [output, said] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  expect(await exitOf(child)).toBe(1)
  expect(output).toBe('')
  const sentences = said.split('\n').filter((line) => line !== '' && !line.startsWith('{'))
  expect(sentences).toEqual([expect.stringContaining(`Port ${port} is in use`)])
})

it.each([
  ['--port', 'x'],
  ['--grpc-ports', '9:1'],
  ['--source', 'faulty:nothing'],
  ['--unknown', '1']
])('%s %s is wrong usage: exit 2', async (...args) => {
  const child = spawn(process.execPath, [entry, ...args], { stdio: 'ignore' })
  expect(await exitOf(child)).toBe(2)
})

it('a live source that cannot be played: one sentence that names the file, exit 1', async () => {
  const child = spawn(process.execPath, [entry, '--port', '0', '--source', './nothing.h5'], {
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let said = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text))
  expect(await exitOf(child)).toBe(1)
  expect(said).toMatch(/^No live fibre: .*nothing\.h5/m)
})

it('cuts off a client that never finishes its headers, and serves others meanwhile', { timeout: 40_000 }, async () => {
  const { base } = await startBackend()
  const socket = connect(Number(new URL(base).port), '127.0.0.1')
  let isCut = false
  socket.on('close', () => (isCut = true)).on('error', () => undefined)
  socket.write('GET /ack HTTP/1.1\r\nHost: a\r\n')
  const drip = setInterval(() => socket.write('X-A: b\r\n'), 500)
  onTestFinished(() => {
    clearInterval(drip)
    socket.destroy()
  })
  expect((await strictClient(base).request('GET', '/ack')).status).toBe(200)
  await eventually('the end of the connection', () => isCut, 20_000)
})
