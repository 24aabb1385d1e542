/** A terminal, npm and a supervisor may each pass the same Ctrl+C on; so long they count as one. */
const sameSignalMs = 400
const endsWithinMs = 10_000

/**
 * Resolves when the process is told to end and `dispose` has run (at most 10 s). A second signal ends the process at once; the
 * next start recovers.
 */
export function untilSignal(dispose: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let firstMs: number | null = null
    const onSignal = (): void => {
      if (firstMs !== null) {
        if (performance.now() - firstMs > sameSignalMs) process.exit(1)
        return
      }
      firstMs = performance.now()
      const limit = setTimeout(() => {
        process.stderr.write(`Not everything ended within ${endsWithinMs / 1000} s; the next start recovers.\n`)
        process.exit(0)
      }, endsWithinMs)
      dispose()
        .then(resolve, reject)
        .finally(() => clearTimeout(limit))
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  })
}
