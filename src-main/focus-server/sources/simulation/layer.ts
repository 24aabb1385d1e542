import type { SimulatedEvent } from '../source.ts'
import type { Emitter } from './emitter.ts'

/** Turns sample indices since 1970 into nanoseconds. */
export type TimeOfSample = (sample: number) => bigint

/** One kind of event, by random access. Ranges are half-open sample indices since 1970. */
export interface EmitterLayer {
  /** Greatest width of any of its emitters (load widths included). */
  readonly greatestWidthM: number
  /** Appends every emitter that may be heard in the range, in an order that does not depend on the range. */
  collect(fromSample: number, toSample: number, emitters: Emitter[]): void
  truth(fromSample: number, toSample: number, timeOfSample: TimeOfSample): SimulatedEvent[]
}
