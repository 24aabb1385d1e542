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
