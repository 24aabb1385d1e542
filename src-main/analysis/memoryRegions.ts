/** Parts of a memory behind a stream's ring, handed out to kernels as scratch. One thread owns it; nobody locks. */
export interface MemoryRegions {
  /** Byte offset of so many bytes; null where the memory cannot grow so far. */
  allocate(bytes: number): number | null
  free(offset: number): void
}

const alignment = 64
const pageBytes = 65_536

interface Region {
  offset: number
  bytes: number
}

export function createMemoryRegions(memory: WebAssembly.Memory, startByte: number): MemoryRegions {
  const taken = new Map<number, number>()
  /** Sorted, never touching. */
  let free: Region[] = []
  let end = Math.ceil(startByte / alignment) * alignment

  function giveBack(region: Region): void {
    free.push(region)
    free.sort((a, b) => a.offset - b.offset)
    const joined: Region[] = []
    for (const each of free) {
      const last = joined.at(-1)
      if (last && last.offset + last.bytes === each.offset) last.bytes += each.bytes
      else joined.push({ ...each })
    }
    const last = joined.at(-1)
    if (last && last.offset + last.bytes === end) {
      end = last.offset
      joined.pop()
    }
    free = joined
  }

  return {
    allocate(wanted) {
      const bytes = Math.ceil(wanted / alignment) * alignment
      const found = free.find((region) => region.bytes >= bytes)
      if (found) {
        const { offset } = found
        found.offset += bytes
        found.bytes -= bytes
        if (found.bytes === 0) free = free.filter((region) => region !== found)
        taken.set(offset, bytes)
        return offset
      }
      const missing = end + bytes - memory.buffer.byteLength
      if (missing > 0) {
        try {
          memory.grow(Math.ceil(missing / pageBytes))
        } catch {
          return null
        }
      }
      const offset = end
      end += bytes
      taken.set(offset, bytes)
      return offset
    },
    free(offset) {
      const bytes = taken.get(offset)
      if (bytes === undefined) throw new Error(`no region begins at byte ${offset}`)
      taken.delete(offset)
      giveBack({ offset, bytes })
    }
  }
}
