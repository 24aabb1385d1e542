/** A set of listeners of one kind; the returned function takes one away. */
export interface Listeners<Payload extends unknown[]> {
  add(listener: (...payload: Payload) => void): () => void
  emit(...payload: Payload): void
  clear(): void
}

export function createListeners<Payload extends unknown[]>(): Listeners<Payload> {
  const all = new Set<(...payload: Payload) => void>()
  return {
    add(listener) {
      all.add(listener)
      return () => all.delete(listener)
    },
    emit(...payload) {
      for (const listener of all) listener(...payload)
    },
    clear: () => all.clear()
  }
}
