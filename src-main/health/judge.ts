import type { Explanation, GradeName, HealthReason, HealthStatus } from '../../src-preload/contract/health.ts'
import type { HealthSettings } from '../../src-preload/contract/healthSettings.ts'
import { explain, type ExplainInput } from './explain.ts'
import { gradeOf, keptFromGood, letterOf, scoresOf, type GradeFigures } from './grade.ts'
import type { JudgedMemory } from './memoryLevel.ts'
import type { Readings } from './readings.ts'
import { createReasons } from './reasons.ts'
import { sentenceFor } from './sentence.ts'
import { severityRank, type Sight } from './sight.ts'
import type { JudgedStream } from './streamJudge.ts'

export interface JudgeInput {
  sight: Sight
  settings: HealthSettings
  streams: readonly JudgedStream[]
  memory: JudgedMemory
  busyOthers: ExplainInput['busyOthers']
  isThrottled: boolean
  /** Of the last minutes; null where too little was asked to tell. */
  cacheHitPercent: number | null
  monitoring: HealthStatus['monitoring']
  uptimeS: number
}

export interface Judge {
  judge(input: JudgeInput): HealthStatus
  why(jobId: string | null): Explanation[]
}

export interface JudgeEvents {
  graded(from: GradeName, to: GradeName, status: HealthStatus): void
  violated(reason: HealthReason): void
}

function lossesOf(streams: readonly JudgedStream[], sight: Sight): HealthStatus['losses'] {
  const losing = streams.filter(
    ({ trouble }) => trouble?.isNow && (trouble.kind === 'lost' || trouble.kind === 'stalled' || trouble.isShedding)
  )
  const total = (value: (stream: JudgedStream) => number): number => streams.reduce((sum, one) => sum + value(one), 0)
  return {
    isLosing: losing.length > 0,
    sinceMs: losing.length === 0 ? null : Math.min(...losing.map(({ trouble }) => trouble!.sinceMs)),
    jobs: losing.map(({ jobId }) => jobId),
    lostBlocks: total(({ lostBlocks }) => lostBlocks),
    lostRows: total(({ lostRows }) => lostRows),
    shedRows: total(({ shedRows }) => shedRows),
    gaps: total(({ gaps }) => gaps),
    captureLostBlocks: sight.captures
      .filter(({ state }) => state === 'recording')
      .reduce((sum, { lostBlocks }) => sum + lostBlocks, 0)
  }
}

/** From what was seen to the grade, its reasons and the one sentence. */
export function createJudge(readings: Readings, events: JudgeEvents): Judge {
  const reasonsOf = createReasons()
  let grade: GradeName | null = null
  let gradeSinceMs = 0
  let violations = new Set<string>()
  let explainInput: ExplainInput | null = null

  const inMs = (service: string): number | null => {
    const seconds = readings.value('wavefall_response_p95_seconds', { service })
    return seconds === null ? null : seconds * 1000
  }

  return {
    judge(input) {
      const { sight, settings, streams } = input
      const responseMs = inMs('calls')
      const errors = readings.value('wavefall_error_ratio', { service: 'calls' })
      const errorPercent = errors === null ? null : errors * 100
      const { cacheHitPercent } = input
      const reasons = reasonsOf({ ...input, responseMs, errorPercent, cacheHitPercent })
      const open = streams.filter(({ word }) => word !== 'ended' && word !== 'waiting')
      const figures: GradeFigures = {
        memoryPercent: sight.machine.memoryPercent,
        cpuPercent: sight.cpuPercent.mean,
        responseMs,
        cacheHitPercent,
        errorPercent,
        streams: { all: open.length, well: open.filter(({ severity }) => severity === 'good').length },
        isWarned: reasons.some(({ severity }) => severity === 'warning'),
        isOverThreshold: reasons.some(({ severity }) => severityRank[severity] >= severityRank.critical)
      }
      const now = gradeOf(figures)
      const from = grade
      if (now !== grade) {
        grade = now
        gradeSinceMs = sight.atMs
      }
      explainInput = {
        sight,
        streams,
        settings,
        busyOthers: input.busyOthers,
        catalogueMs: inMs('catalogue'),
        isThrottled: input.isThrottled
      }
      const parts = scoresOf(figures, now)
      const score = parts.at(-1)!.score!
      const sentence = sentenceFor({
        sight,
        streams,
        reasons,
        explanations: reasons.length > 0 ? explain(explainInput, null) : [],
        busyOthers: input.busyOthers,
        keptFromGood: keptFromGood(figures),
        uptimeS: input.uptimeS
      })
      const status: HealthStatus = {
        atMs: sight.atMs,
        grade: now,
        gradeSinceMs,
        score,
        letter: letterOf(score),
        parts,
        reasons,
        ...sentence,
        level: input.memory.level,
        losses: lossesOf(streams, sight),
        monitoring: input.monitoring,
        uptimeS: input.uptimeS
      }
      if (from !== null && from !== now) events.graded(from, now, status)
      const keys = new Set<string>()
      for (const reason of reasons) {
        const key = `${reason.code} ${reason.jobId}`
        keys.add(key)
        if (severityRank[reason.severity] >= severityRank.critical && !violations.has(key)) events.violated(reason)
      }
      violations = keys
      return status
    },
    why: (jobId) => (explainInput ? explain(explainInput, jobId) : [])
  }
}
