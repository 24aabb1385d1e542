/** Stream ports of a range. A port is free until taken and again when released; one that cannot be bound is set aside. */
export interface PortPool {
  /** The lowest free port, now taken; null when none is left. */
  take(): number | null
  /** A restored job has it again. */
  claim(port: number): void
  release(port: number): void
  /** It could not be bound: somebody else has it. It is tried again when nothing better is left. */
  setAside(port: number): void
  readonly inUse: number
}

export function createPortPool(first: number, last: number): PortPool {
  const taken = new Set<number>()
  const aside = new Set<number>()

  function lowestFree(): number | null {
    for (let port = first; port <= last; port++) if (!taken.has(port) && !aside.has(port)) return port
    return null
  }

  return {
    take() {
      let port = lowestFree()
      if (port === null && aside.size > 0) {
        aside.clear()
        port = lowestFree()
      }
      if (port !== null) taken.add(port)
      return port
    },
    claim: (port) => void taken.add(port),
    release: (port) => void taken.delete(port),
    setAside(port) {
      taken.delete(port)
      aside.add(port)
    },
    get inUse() {
      return taken.size
    }
  }
}
