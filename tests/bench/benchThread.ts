/**
 * A candidate of a bench in a thread of its own, so that none shapes another's compiled code. The thread runs the bench's own
 * file again, which ends with `await serveOrRun(...)`.
 */
import { pathToFileURL } from 'node:url'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import type { BenchEntry } from './entry.ts'

interface ThreadData {
  bench: string
  candidate: string
  /** What the thread is given beside its orders: shared memory, compiled modules. */
  shared: unknown
}

export interface BenchThread<Order, Answer> {
  ask(order: Order): Promise<Answer>
  end(): Promise<unknown>
}

export function startBenchThread<Order, Answer>(
  url: string,
  bench: string,
  candidate: string,
  shared: unknown = null
): BenchThread<Order, Answer> {
  const worker = new Worker(new URL(url), { workerData: { bench, candidate, shared } satisfies ThreadData })
  return {
    ask: (order) =>
      new Promise((resolve, reject) => {
        worker.once('error', reject)
        worker.once('message', (answer: Answer) => {
          worker.off('error', reject)
          resolve(answer)
        })
        worker.postMessage(order)
      }),
    end: () => worker.terminate()
  }
}

/**
 * In a thread of this bench: answers orders with what `makeServer` makes. As the program's own file: runs the bench and
 * prints its entries.
 */
export async function serveOrRun<Order>(
  url: string,
  bench: string,
  makeServer: (candidate: string, shared: unknown) => Promise<(order: Order) => unknown>,
  run: () => Promise<BenchEntry[]>
): Promise<void> {
  const data = workerData as ThreadData | null
  if (!isMainThread && data?.bench === bench) {
    const serve = await makeServer(data.candidate, data.shared)
    parentPort!.on('message', (order: Order) => {
      parentPort!.postMessage(serve(order))
    })
  } else if (process.argv[1] !== undefined && url === pathToFileURL(process.argv[1]).href) {
    process.stdout.write(`${JSON.stringify(await run(), null, 2)}\n`)
  }
}
