const quietMs = 1000
const everyMs = 100

/** A line that is rewritten in place, for work of more than a second on a terminal; elsewhere it stays silent. */
export function createProgressLine(stream: NodeJS.WriteStream): { update(text: string): void; clear(): void } {
  const startMs = performance.now()
  let lastMs = 0
  let isShown = false
  return {
    update(text) {
      const nowMs = performance.now()
      if (!stream.isTTY || nowMs - startMs < quietMs || nowMs - lastMs < everyMs) return
      lastMs = nowMs
      isShown = true
      stream.write(`\r\x1b[K${text}`)
    },
    clear() {
      if (isShown) stream.write('\r\x1b[K')
      isShown = false
    }
  }
}
