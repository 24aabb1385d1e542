import type { HealthSettings } from '../../src-preload/contract/healthSettings.ts'
import type { ReadingStore } from './readingStore.ts'

/** What may take much memory at once; each is a label of its readings. */
export const operationNames = [
  'opening a recording',
  'overview',
  'history request',
  'capture start',
  'export',
  'picture'
] as const
export type OperationName = (typeof operationNames)[number]

/** An operation that took more than the limit, with the stage in which most of it came. */
export interface HeavyOperation {
  operation: OperationName
  /** File, session or job. */
  subject: string
  grownBytes: number
  stage: string
  stageBytes: number
  seconds: number
  /** Others that ran at the same time: what came may be theirs. */
  besides: number
}

/** Does `work`, which names its stages as it enters them. */
export type Measure = <T>(
  operation: OperationName,
  subject: string,
  work: (enter: (stage: string) => void) => Promise<T>
) => Promise<T>

export interface OperationMeter {
  readonly measure: Measure
  collect(store: Pick<ReadingStore, 'set'>): void
  dispose(): void
}

export interface OperationMeterOptions {
  settings(): HealthSettings
  /** Resident bytes of the program's processes, read now. */
  residentBytes(): number
  heavy(operation: HeavyOperation): void
}

interface Stage {
  name: string
  fromBytes: number
  mostBytes: number
}

interface Running {
  stages: Stage[]
  fromBytes: number
  mostBytes: number
  besides: number
}

/** Often enough to see what is given back before the end, seldom enough to cost nothing. */
const lookEveryMs = 100
const stagesMost = 20

export function createOperationMeter({ settings, residentBytes, heavy }: OperationMeterOptions): OperationMeter {
  const running = new Set<Running>()
  const last = new Map<OperationName, { grownBytes: number; heavy: number }>()
  let timer: NodeJS.Timeout | null = null

  function look(): number {
    const bytes = residentBytes()
    for (const one of running) {
      one.mostBytes = Math.max(one.mostBytes, bytes)
      const stage = one.stages.at(-1)!
      stage.mostBytes = Math.max(stage.mostBytes, bytes)
    }
    return bytes
  }

  function begin(): Running {
    const fromBytes = look()
    for (const other of running) other.besides++
    const one: Running = {
      stages: [{ name: 'begin', fromBytes, mostBytes: fromBytes }],
      fromBytes,
      mostBytes: fromBytes,
      besides: running.size
    }
    running.add(one)
    if (timer === null) {
      timer = setInterval(look, lookEveryMs)
      timer.unref()
    }
    return one
  }

  function end(one: Running): void {
    look()
    running.delete(one)
    if (running.size > 0 || timer === null) return
    clearInterval(timer)
    timer = null
  }

  function judge(operation: OperationName, subject: string, one: Running, seconds: number): void {
    const grownBytes = one.mostBytes - one.fromBytes
    const before = last.get(operation)?.heavy ?? 0
    const isHeavy = grownBytes > settings().operationMemoryMb * 1e6
    last.set(operation, { grownBytes, heavy: before + (isHeavy ? 1 : 0) })
    if (!isHeavy) return
    const grown = ({ mostBytes, fromBytes }: Stage): number => mostBytes - fromBytes
    const stage = one.stages.reduce((most, next) => (grown(next) > grown(most) ? next : most))
    heavy({
      operation,
      subject,
      grownBytes,
      stage: stage.name,
      stageBytes: grown(stage),
      seconds,
      besides: one.besides
    })
  }

  return {
    async measure(operation, subject, work) {
      const one = begin()
      const startMs = performance.now()
      const enter = (name: string): void => {
        if (one.stages.length >= stagesMost || one.stages.at(-1)!.name === name) return
        const bytes = look()
        one.stages.push({ name, fromBytes: bytes, mostBytes: bytes })
      }
      try {
        return await work(enter)
      } finally {
        end(one)
        judge(operation, subject, one, (performance.now() - startMs) / 1000)
      }
    },
    collect({ set }) {
      for (const [operation, { grownBytes, heavy: times }] of last) {
        set('wavefall_operation_memory_bytes', { operation }, grownBytes)
        set('wavefall_heavy_operations_total', { operation }, times)
      }
    },
    dispose() {
      if (timer !== null) clearInterval(timer)
      timer = null
    }
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`

/** `Export of a.h5: memory grew by 312 MB in 4 s, 290 MB of it in the stage "writing".` */
export const heavySentence = (found: HeavyOperation): string =>
  `${found.operation[0]!.toUpperCase()}${found.operation.slice(1)} (${found.subject}): memory grew by ${megabytes(found.grownBytes)} in ${found.seconds.toFixed(1)} s, ${megabytes(found.stageBytes)} of it in the stage "${found.stage}".${found.besides > 0 ? ` ${found.besides} other ${found.besides === 1 ? 'operation' : 'operations'} ran at the same time.` : ''}`
