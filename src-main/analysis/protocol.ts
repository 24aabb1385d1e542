import type { AnalysisPlan } from './analysis.ts'
/** What main tells an analysis worker. In order: a worker handles an analysis' commands as they were sent. */
export type WorkerCommand =
  | { kind: 'open'; analysis: number; plan: WorkerPlan; ring: SharedArrayBuffer; capacitySamples: number }
  /** Samples that lie in the ring from `position` (samples ever stored, modulo the capacity) on. */
  | { kind: 'block'; analysis: number; position: number; firstSample: number; sampleCount: number }
  /** The samples before this one are missing. */
  | { kind: 'skip'; analysis: number; sample: number }
  | { kind: 'flush'; analysis: number; sequence: number }
  | { kind: 'close'; analysis: number }

export type WorkerReport =
  /** dB, row-major; the buffer is transferred. Rows are consecutive. */
  | {
      kind: 'rows'
      analysis: number
      firstRow: number
      rowCount: number
      columnCount: number
      values: Float32Array<ArrayBuffer>
      invalidValues: number
    }
  /** Everything before this position of the ring has been read and may be overwritten. */
  | { kind: 'consumed'; analysis: number; position: number }
  | { kind: 'flushed'; analysis: number; sequence: number }
  /** This analysis cannot go on; the others of the worker do. */
  | { kind: 'failed'; analysis: number; reason: string }
  | { kind: 'delay'; p50Ms: number; p99Ms: number }

/** The part of an analysis plan that the worker needs: it knows samples by their index, not their time. */
export type WorkerPlan = Omit<AnalysisPlan, 'originNs'>

export interface WorkerStart {
  /** Module to load before all else, for runtimes that lack built-ins. */
  shimFile: string | null
}

export function unknownMessage(message: never): never {
  throw new Error(`unknown message ${JSON.stringify(message)}`)
}
