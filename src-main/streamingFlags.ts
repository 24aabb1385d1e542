import { setFlagsFromString } from 'node:v8'
import type { Worker } from 'node:worker_threads'

/**
 * V8 flags for a process, or a worker thread, that moves a stream of large buffers. Node 24 collects short-lived buffers by
 * full collections of a small heap, which costs more than half of all time there (nodejs/node #61967, #63863); with a larger
 * heap to begin with, and buffers counted where they belong, it does not. Empty for versions that do not need or know them.
 * A worker thread takes what `v8.setFlagsFromString` has set when it is started; a process takes them on its command line.
 */
export function streamingFlags(nodeVersion: string = process.versions.node): string[] {
  return Number.parseInt(nodeVersion, 10) >= 24
    ? ['--external-memory-accounted-in-global-limit', '--initial-heap-size=512']
    : []
}

const withoutStreamingFlags = ['--no-external-memory-accounted-in-global-limit', '--initial-heap-size=0']

/**
 * Starts a thread that has the flags, and takes them back for those that come later: they cost memory. Electron freezes V8's
 * flags, so a thread there does without.
 */
export function withStreamingFlags(start: () => Worker): Worker {
  const flags = process.versions.electron ? [] : streamingFlags()
  for (const flag of flags) setFlagsFromString(flag)
  const worker = start()
  const takeBack = (): void => {
    worker.off('online', takeBack)
    worker.off('exit', takeBack)
    for (const flag of withoutStreamingFlags) setFlagsFromString(flag)
  }
  if (flags.length > 0) worker.on('online', takeBack).on('exit', takeBack)
  return worker
}
