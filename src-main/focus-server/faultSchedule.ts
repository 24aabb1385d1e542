import type { Fault } from './sources/source.ts'

/** The faults of one stream over its time. Created when the job's first client came; goes on over reconnects. */
export interface FaultSchedule {
  /** Lasting ones: whether one of this kind covers the moment. */
  covers(kind: Fault['kind'], atS: number): boolean
  /** Momentary ones: whether one of this kind lies since the last question, up to the moment. Each is reported once. */
  takes(kind: Fault['kind'], atS: number): boolean
}

function latestStart(fault: Fault, atS: number): number | null {
  if (atS < fault.atS) return null
  if (fault.everyS === null) return fault.atS
  return fault.atS + Math.floor((atS - fault.atS) / fault.everyS) * fault.everyS
}

export function createFaultSchedule(faults: readonly Fault[]): FaultSchedule {
  const askedUntilS = new Map<Fault, number>()
  return {
    covers: (kind, atS) =>
      faults.some((fault) => {
        const start = fault.kind === kind ? latestStart(fault, atS) : null
        return start !== null && atS < start + fault.durationS
      }),
    takes(kind, atS) {
      let taken = false
      for (const fault of faults) {
        if (fault.kind !== kind) continue
        const start = latestStart(fault, atS)
        if (start !== null && start > (askedUntilS.get(fault) ?? -1)) taken = true
        askedUntilS.set(fault, atS)
      }
      return taken
    }
  }
}
