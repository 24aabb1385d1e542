import { createWriteStream } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { Session } from 'node:inspector'
import { join } from 'node:path'
import { failure, ok, type Result } from '../../src-preload/contract/errors.ts'
import type { HeapProfile } from '../../src-preload/contract/health.ts'
import { delay, type Clock } from '../clock.ts'

/** What allocates, of the core's main thread or of one of its workers, while the program runs. */
export interface HeapProfiler {
  profile(process: string, kind: 'sampling' | 'snapshot', seconds: number): Promise<Result<HeapProfile>>
}

interface SampledNode {
  callFrame: { functionName: string; url: string; lineNumber: number }
  selfSize: number
  children: SampledNode[]
}

type Post = (method: string, params?: object) => Promise<unknown>

const growersMost = 20
const answerWithinMs = 60_000
const attachWithinMs = 2000
/** Larger snapshots are written and not read: reading one takes several times its size. */
const readSnapshotBytesMax = 96 * 1024 * 1024
const samplingIntervalBytes = 32 * 1024

interface Attached {
  post: Post
  onChunk(listener: (chunk: string) => void): void
  detach(): void
}

function attachHere(): Attached {
  const session = new Session()
  session.connect()
  return {
    post: (method, params = {}) =>
      new Promise((resolve, reject) =>
        session.post(method, params, (error: Error | null, result?: object) =>
          error ? reject(error) : resolve(result)
        )
      ),
    onChunk: (listener) =>
      session.on('HeapProfiler.addHeapSnapshotChunk', ({ params }) => listener((params as { chunk: string }).chunk)),
    detach: () => session.disconnect()
  }
}

interface WorkerMessage {
  id?: number
  method?: string
  result?: unknown
  error?: { message: string }
  params?: { chunk?: string }
}

/** A worker is reached through the inspector of the main thread: nothing need run in it beforehand. */
async function attachWorker(name: string, clock: Clock): Promise<Attached | null> {
  const here = new Session()
  here.connect()
  const send = (method: string, params: object): Promise<unknown> =>
    new Promise((resolve, reject) =>
      here.post(method, params, (error: Error | null, result?: object) => (error ? reject(error) : resolve(result)))
    )
  const found = new Promise<string | null>((resolve) => {
    here.on('NodeWorker.attachedToWorker', ({ params }) => {
      const { sessionId, workerInfo } = params as { sessionId: string; workerInfo: { title: string } }
      if (workerInfo.title === name || workerInfo.title.endsWith(` ${name}`)) resolve(sessionId)
    })
    clock.after(attachWithinMs, () => resolve(null))
  })
  await send('NodeWorker.enable', { waitForDebuggerOnStart: false })
  const sessionId = await found
  if (sessionId === null) {
    here.disconnect()
    return null
  }
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  const listeners: ((chunk: string) => void)[] = []
  let nextId = 1
  here.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
    const message = JSON.parse((params as { message: string }).message) as WorkerMessage
    if (message.method === 'HeapProfiler.addHeapSnapshotChunk')
      for (const listener of listeners) listener(message.params!.chunk!)
    const one = message.id === undefined ? undefined : waiting.get(message.id)
    if (!one) return
    waiting.delete(message.id!)
    if (message.error) one.reject(new Error(message.error.message))
    else one.resolve(message.result)
  })
  return {
    post: (method, params = {}) =>
      new Promise((resolve, reject) => {
        const id = nextId++
        waiting.set(id, { resolve, reject })
        clock.after(answerWithinMs, () =>
          reject(new Error(`the thread did not answer within ${answerWithinMs / 1000} s`))
        )
        send('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id, method, params }) }).catch(
          reject
        )
      }),
    onChunk: (listener) => listeners.push(listener),
    detach() {
      send('NodeWorker.detach', { sessionId }).then(
        () => here.disconnect(),
        () => here.disconnect()
      )
    }
  }
}

type Growers = HeapProfile['growers']

function listed(sizes: ReadonlyMap<string, number>): Growers {
  const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
  return [...sizes]
    .sort((a, b) => b[1] - a[1])
    .slice(0, growersMost)
    .map(([where, bytes]) => ({ where, bytes, percent: total > 0 ? (100 * bytes) / total : 0 }))
}

function growersOfSamples(head: SampledNode): Growers {
  const sizes = new Map<string, number>()
  const nodes = [head]
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    const { functionName, url, lineNumber } = node.callFrame
    const file = url.split(/[\\/]/).pop() ?? ''
    const where = `${functionName || '(anonymous)'}${file === '' ? '' : ` ${file}:${lineNumber + 1}`}`
    if (node.selfSize > 0) sizes.set(where, (sizes.get(where) ?? 0) + node.selfSize)
    nodes.push(...node.children)
  }
  return listed(sizes)
}

interface Snapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[]] } }
  nodes: number[]
  strings: string[]
}

/** By kind of object: own sizes added up. */
function growersOfSnapshot({ snapshot, nodes, strings }: Snapshot): Growers {
  const { node_fields: fields, node_types: types } = snapshot.meta
  const [type, name, size] = [fields.indexOf('type'), fields.indexOf('name'), fields.indexOf('self_size')]
  const sizes = new Map<string, number>()
  for (let at = 0; at < nodes.length; at += fields.length) {
    const kind = types[0][nodes[at + type]!]!
    const where = kind === 'object' || kind === 'native' ? strings[nodes[at + name]!]! : `(${kind})`
    sizes.set(where, (sizes.get(where) ?? 0) + nodes[at + size]!)
  }
  return listed(sizes)
}

async function takeSnapshot(attached: Attached, file: string): Promise<Growers> {
  const output = createWriteStream(file)
  const written = new Promise<void>((resolve, reject) => {
    output.on('finish', resolve)
    output.on('error', reject)
  })
  attached.onChunk((chunk) => void output.write(chunk))
  await attached.post('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
  output.end()
  await written
  const { size } = await stat(file)
  return size > readSnapshotBytesMax ? [] : growersOfSnapshot(JSON.parse(await readFile(file, 'utf8')) as Snapshot)
}

async function takeSamples(attached: Attached, file: string, seconds: number, clock: Clock): Promise<Growers> {
  await attached.post('HeapProfiler.enable')
  await attached.post('HeapProfiler.startSampling', { samplingInterval: samplingIntervalBytes })
  await delay(clock, seconds * 1000)
  const { profile } = (await attached.post('HeapProfiler.stopSampling')) as { profile: { head: SampledNode } }
  await writeFile(file, JSON.stringify(profile))
  return growersOfSamples(profile.head)
}

export function createHeapProfiler(folder: string, clock: Clock): HeapProfiler {
  let isRunning = false
  return {
    async profile(process, kind, seconds) {
      if (isRunning) return failure('refused', 'A heap profile is being taken already; wait for its end.')
      isRunning = true
      try {
        const attached = process === 'core' ? attachHere() : await attachWorker(process, clock)
        if (!attached)
          return failure(
            'not-found',
            `There is no thread named "${process}" that can be looked into; the core and its workers can.`
          )
        await mkdir(folder, { recursive: true })
        const stamp = new Date(clock.nowMs()).toISOString().replace(/[-:.]/g, '')
        const ending = kind === 'sampling' ? 'heapprofile' : 'heapsnapshot'
        const file = join(folder, `${process.replace(/\W+/g, '-')}-${stamp}.${ending}`)
        try {
          const growers =
            kind === 'sampling' ? await takeSamples(attached, file, seconds, clock) : await takeSnapshot(attached, file)
          return ok({ process, file, seconds: kind === 'sampling' ? seconds : 0, growers })
        } finally {
          attached.detach()
        }
      } catch (error) {
        return failure(
          'failed',
          `The heap of "${process}" cannot be looked into: ${error instanceof Error ? error.message : String(error)}.`
        )
      } finally {
        isRunning = false
      }
    }
  }
}
