import type { Clock } from '../../clock.ts'

/** However many ask at once, the text is made once, and not again within `freshMs`. */
export function shareText(make: () => Promise<string>, clock: Clock, freshMs: number): () => Promise<string> {
  let last: { text: string; atMs: number } | null = null
  let making: Promise<string> | null = null
  return () => {
    if (last && clock.monotonicMs() - last.atMs < freshMs) return Promise.resolve(last.text)
    making ??= make()
      .then((text) => {
        last = { text, atMs: clock.monotonicMs() }
        return text
      })
      .finally(() => (making = null))
    return making
  }
}
