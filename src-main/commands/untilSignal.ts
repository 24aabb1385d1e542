/** A terminal, npm and a supervisor may each pass the same Ctrl+C on; so long they count as one. */
const sameSignalMs = 400
const endsWithinMs = 10_000
const parentCheckMs = 1000
/** Read when the program starts: later it may be gone already. */
const parentAtStart = process.ppid

/** npm, when it is told to end, ends its shell and forgets the program below it: then nobody could stop it any more. */
function onParentGone(action: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return
  const timer = setInterval(() => {
    if (process.ppid === parentAtStart) return
    clearInterval(timer)
    action()
  }, parentCheckMs)
  timer.unref()
}

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
    onParentGone(onSignal)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  })
}
