import { createBandEnergyAnalyser, createRowAnalyser, type RowAnalyser } from '../dsp/rowAnalyser.ts'
import type { CreateSpectralKernel } from '../dsp/spectralKernel.ts'
import type { WorkerCommand, WorkerPlan, WorkerReport } from './protocol.ts'

/** Rows of one message: enough that messages cost nothing, few enough that rows are out while the next are computed. */
const batchBytes = 256 * 1024
/** Longest that one analysis computes before the worker looks for others that wait, and posts what it has. */
const turnMs = 8
/** Samples are handed to the analyser in pieces of about a row, so that a turn can end within a block. */
const smallestPiece = 64

type Task = Extract<WorkerCommand, { kind: 'block' | 'skip' | 'flush' }>

/** One analysis inside the worker: its tasks in order, taken in turns. */
export interface WorkerAnalysis {
  readonly live: boolean
  readonly hasWork: boolean
  add(task: Task): void
  /** Works for one turn at most. */
  runTurn(): void
}

export function createWorkerAnalysis(
  analysis: number,
  plan: WorkerPlan,
  ring: SharedArrayBuffer,
  capacitySamples: number,
  post: (report: WorkerReport, transfer: ArrayBuffer[]) => void,
  createKernel: CreateSpectralKernel
): WorkerAnalysis {
  const samples = plan.elementType === 'int16' ? new Int16Array(ring) : new Float32Array(ring)
  const analyser: RowAnalyser =
    plan.content === 'bandEnergy'
      ? createBandEnergyAnalyser(plan)
      : createRowAnalyser({ ...plan, output: 'bandEnergy' }, createKernel)
  const { columnCount } = analyser
  const batchRows = Math.max(1, Math.floor(batchBytes / (columnCount * 4)))
  const batch = new Float32Array(batchRows * columnCount)
  const pieceSamples = Math.max(smallestPiece, Math.ceil((plan.rowIntervalS * 1e9) / plan.sampleIntervalNs))
  let batchFirstRow = 0
  let batchCount = 0
  let reportedInvalid = 0
  const tasks: Task[] = []
  /** Samples of the first task that are done. */
  let progress = 0

  function postBatch(): void {
    if (batchCount === 0) return
    const values = batch.slice(0, batchCount * columnCount)
    const invalidValues = analyser.invalidValues - reportedInvalid
    reportedInvalid = analyser.invalidValues
    const rows = { firstRow: batchFirstRow, rowCount: batchCount, columnCount, values, invalidValues }
    batchCount = 0
    post({ kind: 'rows', analysis, ...rows }, [values.buffer])
  }

  function keepRow(rowIndex: number, row: Float32Array): void {
    if (batchCount === batchRows || (batchCount > 0 && rowIndex !== batchFirstRow + batchCount)) postBatch()
    if (batchCount === 0) batchFirstRow = rowIndex
    batch.set(row, batchCount * columnCount)
    batchCount++
  }

  /** Analyses the next piece of a block. Pieces end where the ring does. True when the block is done. */
  function runPiece(block: Extract<Task, { kind: 'block' }>): boolean {
    const at = (block.position + progress) % capacitySamples
    const count = Math.min(pieceSamples, block.sampleCount - progress, capacitySamples - at)
    const piece = samples.subarray(at * plan.channelCount, (at + count) * plan.channelCount)
    analyser.push(piece, block.firstSample + progress, count, keepRow)
    progress += count
    return progress === block.sampleCount
  }

  return {
    live: plan.live,
    get hasWork() {
      return tasks.length > 0
    },
    add: (task) => tasks.push(task),
    runTurn() {
      const endAt = performance.now() + turnMs
      while (tasks.length > 0) {
        const task = tasks[0]!
        if (task.kind === 'block') {
          const isDone = runPiece(task)
          if (isDone) {
            tasks.shift()
            progress = 0
            postBatch()
            post({ kind: 'consumed', analysis, position: task.position + task.sampleCount }, [])
          }
        } else {
          tasks.shift()
          if (task.kind === 'skip') analyser.skipTo(task.sample)
          else post({ kind: 'flushed', analysis, sequence: task.sequence }, [])
        }
        if (performance.now() >= endAt) break
      }
      postBatch()
    }
  }
}
