import './runtimeShim.ts'
import { parentPort } from 'node:worker_threads'
import { hdf5Library } from '../hdf5/hdf5Library.ts'
import { openRecordingHere } from '../openRecordingHere.ts'
import { type Recording, RecordingError } from '../recording.ts'
import type { ReadAnswer, ReadRequest } from './protocol.ts'

type Answer = ReadAnswer extends infer A ? (A extends ReadAnswer ? Omit<A, 'sequence'> : never) : never

/** Worker thread entry: opens recordings and reads from them, one request after the other. */
function startWorker(port: NonNullable<typeof parentPort>): void {
  const recordings = new Map<number, Recording>()

  async function answerTo(request: ReadRequest): Promise<Answer> {
    if (request.kind === 'open') {
      const recording = await openRecordingHere(request.path, request.assumptions)
      recordings.set(request.recording, recording)
      return { kind: 'opened', info: recording.info }
    }
    const recording = recordings.get(request.recording)
    if (!recording) throw new Error(`recording ${request.recording} is not open`)
    if (request.kind === 'read') return { kind: 'values', values: await recording.read(request.range) }
    recordings.delete(request.recording)
    await recording.close()
    return { kind: 'closed' }
  }

  function failure(error: unknown): Answer {
    if (error instanceof RecordingError) return { kind: 'problem', message: error.message.slice(error.file.length + 2) }
    return { kind: 'bug', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }

  port.on('message', (request: ReadRequest) => {
    void answerTo(request)
      .catch(failure)
      .then((answer) => {
        const transfer = answer.kind === 'values' ? [answer.values.buffer as ArrayBuffer] : []
        port.postMessage({ ...answer, sequence: request.sequence }, transfer)
      })
  })
}

interface WasmMemory {
  buffer: ArrayBuffer
  grow(pages: number): number
}

/** WebAssembly of this thread may grow as far as the HDF5 library's limit; beyond it an allocation fails, as malloc may. */
function limitMemory(): void {
  const { prototype } = (globalThis as unknown as { WebAssembly: { Memory: { prototype: WasmMemory } } }).WebAssembly
    .Memory
  const grow = Object.getOwnPropertyDescriptor(prototype, 'grow')!.value as WasmMemory['grow']
  prototype.grow = function (this: WasmMemory, pages: number): number {
    if (this.buffer.byteLength + pages * 65_536 > hdf5Library.heapLimitBytes) throw new RangeError('heap limit')
    return grow.call(this, pages)
  }
}

limitMemory()
if (parentPort) startWorker(parentPort)
