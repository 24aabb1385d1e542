import '../analysis/runtimeShim.ts'
import './rawTextSource.ts'
import { parentPort } from 'node:worker_threads'
import { systemClock } from '../clock.ts'
import type { TapFactory } from './blockTap.ts'
import { captureTapFactory, captureTapKind } from './captureTap.ts'

/** Worker thread entry: the streams of all jobs. Kinds of taps are registered here. */
const tapFactories: Record<string, TapFactory> = { [captureTapKind]: captureTapFactory(systemClock()) }

const port = parentPort
if (!port) throw new Error('this is the entry of a worker thread')
// Later than the two first imports: from its sources, the protocol files can be read only from here on.
void import('./ingestThread.ts').then(({ startIngestThread }) => startIngestThread(port, tapFactories))
