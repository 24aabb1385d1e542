/** Ctrl+C and its kin cancel the work instead of ending the process in the middle of it. The returned function lets go. */
export function cancelOnSignals(cancel: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, cancel)
  return () => signals.forEach((signal) => process.off(signal, cancel))
}
