/** Stream ports of a range. A port is free until taken and again when released; one that cannot be bound is set aside. */
export interface PortPool {
  /**
   * A free port, now taken; null when none is left. The one that was free for the longest comes first, so that a client that
   * is late to notice its job's end does not find another job's streams behind the same number.
   */
  take(): number | null
  /** A restored job has it again. False: it lies outside the range or is in use. */
  claim(port: number): boolean
  release(port: number): void
  /** It could not be bound, somebody else has it: it goes to the end, and is tried again when its turn comes. */
  setAside(port: number): void
  readonly inUse: number
  readonly size: number
}

export function createPortPool(first: number, last: number): PortPool {
  const taken = new Set<number>()
  /** In the order in which they are handed out. */
  const free = new Set<number>()
  for (let port = first; port <= last; port++) free.add(port)

  function giveBack(port: number): void {
    if (taken.delete(port)) free.add(port)
  }

  return {
    take() {
      const [port] = free
      if (port === undefined) return null
      free.delete(port)
      taken.add(port)
      return port
    },
    claim(port) {
      if (!free.delete(port)) return false
      taken.add(port)
      return true
    },
    release: giveBack,
    setAside: giveBack,
    get inUse() {
      return taken.size
    },
    size: last - first + 1
  }
}
