import { createRequire } from 'node:module'
import { workerData } from 'node:worker_threads'
import type { WorkerStart } from './protocol.ts'

/** Must be the first import of the worker: an older runtime gets its missing built-ins before anything else runs. */
const shimFile = (workerData as WorkerStart | null)?.shimFile ?? process.env.ELECTRON_TEST_SHIM
if (shimFile) createRequire(shimFile)(shimFile)
