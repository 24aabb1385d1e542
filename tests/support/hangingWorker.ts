/** The reading thread of the program, for which a file named `hanging.h5` is one that a library never comes back from. */
import { parentPort } from 'node:worker_threads'
import type { ReadRequest } from '../../src-main/recordings/worker/protocol.ts'

parentPort!.on('message', (request: ReadRequest) => {
  const isEndless = request.kind === 'open' && request.path.endsWith('hanging.h5')
  while (isEndless);
})
await import('../../src-main/recordings/worker/worker.ts')
