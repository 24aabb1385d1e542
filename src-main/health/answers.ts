import type { ActionRecord, HealthAction, MemoryLevel } from '../../src-preload/contract/health.ts'
import type { HealthSettings } from '../../src-preload/contract/healthSettings.ts'
import { delay, type Clock } from '../clock.ts'
import { isAtLeast, severityOrder, type JudgedMemory } from './memoryLevel.ts'
import type { FindingSink } from './readings.ts'
import type { HealthLevers } from './sources.ts'

/** What is done when memory is short, by level and on demand; a capture is never slowed or stopped by any of it. */
export interface Answers {
  /** Acts where the level asks for it. Resolves when all of it is done. */
  levelIs(judged: JudgedMemory): Promise<void>
  act(action: HealthAction, jobId: string | null, cause: string): Promise<ActionRecord[]>
  /** The newest first. */
  list(): ActionRecord[]
  readonly isThrottled: boolean
}

export interface AnswersOptions {
  clock: Clock
  settings(): HealthSettings
  levers: HealthLevers
  findings: FindingSink
  /** Bytes that the program holds now. */
  heldBytes(): { heldBytes: number; rssBytes: number }
  done(record: ActionRecord): void
}

const recordsMax = 200
const betweenCyclesMs = 50
/** So long must memory be below a level before what was taken away is given back. */
const calmMs = 60_000
const strides = { normal: 1, warning: 1, critical: 2, emergency: 4 } as const satisfies Record<MemoryLevel, number>

const severityOf = (level: MemoryLevel): 'warning' | 'critical' | 'emergency' =>
  level === 'normal' ? 'warning' : level

export function createAnswers(options: AnswersOptions): Answers {
  const { clock, levers, findings } = options
  const records: ActionRecord[] = []
  let nextId = 1
  let level: MemoryLevel = 'normal'
  let answeredAtMs = -Infinity
  let belowSinceMs: number | null = null
  let stride = 1
  let holdsTasks = false
  /** By a level, not by a person: what a person prepares stays until the restart. */
  let hasPrepared = false
  let running: Promise<void> | null = null

  const round = (bytes: number): number => Math.round(bytes / 1e5) / 10

  /** Does one thing and measures what the program holds before and after it. */
  async function measured(
    what: string,
    cause: string,
    action: () => Promise<string | null> | string | null
  ): Promise<ActionRecord> {
    const before = options.heldBytes()
    let detail: string | null
    let hasFailed = false
    try {
      detail = await action()
    } catch (error) {
      hasFailed = true
      detail = error instanceof Error ? error.message : String(error)
    }
    const after = options.heldBytes()
    const resident = `Resident ${round(before.rssBytes)} MB before, ${round(after.rssBytes)} MB after.`
    const record: ActionRecord = {
      id: nextId++,
      atMs: clock.nowMs(),
      what,
      cause,
      detail: `${detail ?? 'This runtime does not allow it.'} ${resident}`,
      beforeMb: round(before.heldBytes),
      afterMb: round(after.heldBytes),
      freedMb: Math.max(0, round(before.heldBytes - after.heldBytes)),
      succeeded: !hasFailed && detail !== null
    }
    records.unshift(record)
    if (records.length > recordsMax) records.pop()
    options.done(record)
    return record
  }

  const collect = (cycles: number, cause: string): Promise<ActionRecord> =>
    measured(cycles === 1 ? 'garbage collection' : `garbage collection × ${cycles}`, cause, async () => {
      for (let cycle = 0; cycle < cycles; cycle++) {
        if (!(await levers.collectGarbage())) return null
        // Between two of them the event loop gets its turn.
        if (cycle < cycles - 1) await delay(clock, betweenCyclesMs)
      }
      return `${cycles} ${cycles === 1 ? 'cycle' : 'cycles'}.`
    })
  const dropCaches = (cause: string): Promise<ActionRecord> =>
    measured('drop caches', cause, () => levers.clearCaches())
  const thin = (to: number, jobId: string | null, cause: string): Promise<ActionRecord> => {
    if (jobId === null) stride = to
    return measured(to === 1 ? 'all rows again' : 'fewer rows', cause, () => levers.thinRows(jobId, to))
  }
  const hold = (isHeld: boolean, cause: string): Promise<ActionRecord> => {
    holdsTasks = isHeld
    return measured(isHeld ? 'background tasks wait' : 'background tasks go on', cause, () => levers.holdTasks(isHeld))
  }
  const prepare = (cause: string): Promise<ActionRecord> =>
    measured('restart prepared', cause, () => levers.prepareRestart())

  function alert(judged: JudgedMemory): void {
    findings.raise({
      ruleId: 'memory-level',
      component: 'memory',
      severity: severityOf(judged.level),
      title: `Memory is at the level "${judged.level}"`,
      description: `${judged.because[0]!.toUpperCase()}${judged.because.slice(1)}. What is done about it is listed with its effect under Health; captures go on whole.`,
      value: judged.value,
      threshold: judged.threshold
    })
  }

  async function answer(judged: JudgedMemory): Promise<void> {
    const settings = options.settings()
    const cause = `level ${judged.level}: ${judged.because}`
    if (!settings.answers) return
    if (isAtLeast(judged.level, 'emergency') && settings.answerCaches) await dropCaches(cause)
    if (isAtLeast(judged.level, 'emergency') && settings.answerStopTasks && !holdsTasks) await hold(true, cause)
    if (isAtLeast(judged.level, 'critical') && settings.answerThrottle && stride < strides[judged.level])
      await thin(strides[judged.level], null, cause)
    if (settings.answerGc) await collect(judged.level === 'warning' ? 1 : settings.answerGcCycles, cause)
    if (judged.level === 'critical' && settings.answerCaches) await dropCaches(cause)
    if (isAtLeast(judged.level, 'emergency') && settings.answerRestart) hasPrepared = (await prepare(cause)).succeeded
  }

  /** What was taken away is given back when memory has been below the level for a while. */
  async function relax(judged: JudgedMemory): Promise<void> {
    const cause = `level ${judged.level} again`
    if (holdsTasks && !isAtLeast(judged.level, 'emergency')) await hold(false, cause)
    if (stride > strides[judged.level]) await thin(strides[judged.level], null, cause)
    if (hasPrepared && !isAtLeast(judged.level, 'emergency')) {
      hasPrepared = false
      await measured(
        'prepared restart withdrawn',
        cause,
        async () => (await levers.withdrawRestart()) ?? 'It was used.'
      )
    }
  }

  async function take(judged: JudgedMemory): Promise<void> {
    const nowMs = clock.monotonicMs()
    const isHigher = severityOrder.indexOf(judged.level) > severityOrder.indexOf(level)
    const isLower = severityOrder.indexOf(judged.level) < severityOrder.indexOf(level)
    if (isLower) belowSinceMs ??= nowMs
    else belowSinceMs = null
    if (isLower && nowMs - belowSinceMs! < calmMs) return
    level = judged.level
    if (level === 'normal') findings.resolve('memory-level', 'memory')
    else if (options.settings().answerAlert) alert(judged)
    if (isLower) {
      belowSinceMs = null
      return relax(judged)
    }
    const isDue = nowMs - answeredAtMs >= options.settings().answerAgainS * 1000
    if (level === 'normal' || !(isHigher || isDue)) return
    answeredAtMs = nowMs
    await answer(judged)
  }

  const actions: Record<HealthAction, (jobId: string | null, cause: string) => Promise<ActionRecord[]>> = {
    gc: async (_, cause) => [await collect(1, cause)],
    'free memory': async (_, cause) => [await dropCaches(cause), await collect(1, cause)],
    'free memory thoroughly': async (_, cause) => [
      await dropCaches(cause),
      await collect(options.settings().answerGcCycles, cause)
    ],
    'fewer rows': async (jobId, cause) => [await thin(2, jobId, cause)],
    'all rows': async (jobId, cause) => [await thin(1, jobId, cause)],
    'pause tasks': async (_, cause) => [await hold(true, cause)],
    'resume tasks': async (_, cause) => [await hold(false, cause)],
    'prepare restart': async (_, cause) => {
      hasPrepared = false
      return [await prepare(cause)]
    }
  }

  return {
    levelIs(judged) {
      // One at a time: what takes long must not be begun again.
      running ??= take(judged).finally(() => (running = null))
      return running
    },
    act: (action, jobId, cause) => actions[action](jobId, cause),
    list: () => [...records],
    get isThrottled() {
      return stride > 1 || holdsTasks
    }
  }
}
