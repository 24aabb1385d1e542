/**
 * Events live in slots of time, at most one (or one set) to a slot, made from a hash of the slot's number. The cache
 * keeps the slots that are in use, so that reading on makes nothing anew and reading back costs one creation.
 */
export class SlotCache<T> {
  private readonly slots: Float64Array
  private readonly values: (T | null)[]
  private readonly create: (slot: number) => T | null

  constructor(size: number, create: (slot: number) => T | null) {
    this.slots = new Float64Array(size).fill(-1)
    this.values = new Array<T | null>(size).fill(null)
    this.create = create
  }

  /** Null where nothing happens in the slot, and before 1970. */
  get(slot: number): T | null {
    if (slot < 0) return null
    const place = slot % this.slots.length
    if (this.slots[place] !== slot) {
      this.values[place] = this.create(slot)
      this.slots[place] = slot
    }
    return this.values[place]!
  }
}
