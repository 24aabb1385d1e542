import type { AnalysisPlan } from './analysis.ts'
import type { SampleRing } from './sampleRing.ts'
import type { VitalsReport } from './workerThread.ts'

/** What main tells an analysis worker. In order: a worker handles an analysis' commands as they were sent. */
export type WorkerCommand =
  | { kind: 'open'; analysis: number; plan: WorkerPlan; part: WorkerPart }
  | RowsOrder
  | { kind: 'close'; analysis: number }

/** Rows to compute from samples that are in the ring. */
export interface RowsOrder {
  kind: 'rows'
  analysis: number
  order: number
  firstRow: number
  rowCount: number
  /** Position in the ring minus index of the sample, the same for all samples that these rows need. */
  positionOffset: number
  /** Row of the shared results where the first one goes. */
  resultRow: number
}

export type WorkerReport =
  /** The rows lie in the shared results. */
  | {
      kind: 'done'
      analysis: number
      order: number
      invalidValues: number
      /** Rows whose samples were overwritten before they were read; what lies in the results for them is nothing. */
      overwritten: number[]
      computeMs: number
    }
  /** This analysis cannot go on; the others of the worker do. */
  | { kind: 'failed'; analysis: number; reason: string }
  /** It touches the analysis' memory no more. */
  | { kind: 'closed'; analysis: number }
  | VitalsReport

/** The part of an analysis plan that the worker needs: it knows samples by their index, not their time. */
export type WorkerPlan = Omit<AnalysisPlan, 'originNs'>

/** One worker's share of an analysis: a range of channels, written as a range of columns of the rows. */
export interface WorkerPart {
  ring: SampleRing
  firstChannel: number
  channelCount: number
  /** Channels that are computed in one go; a worker looks for others that wait in between. */
  pieceChannels: number
  /** Rows of all columns, float32, row after row. */
  results: SharedArrayBuffer
  /** Value of a row where this part begins. */
  firstColumn: number
  /** Values of a row, of all parts together. */
  rowColumns: number
  /** Bytes in the ring's memory for each kernel of the part; empty where there is no WebAssembly memory. */
  scratchOffsets: number[]
}

export interface WorkerStart {
  /** Module to load before all else, for runtimes that lack built-ins. */
  shimFile: string | null
}

export function unknownMessage(message: never): never {
  throw new Error(`unknown message ${JSON.stringify(message)}`)
}
