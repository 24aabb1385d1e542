import type { CaptureSnapshot } from '../../src-preload/contract/sessions.ts'
import type { Log } from '../storage/log.ts'
import type { FindingSink } from './readings.ts'
import type { ComponentSource } from './sources.ts'

/** Tells once of each part that failed, and when it is back. */
export interface ComponentWatch {
  look(components: readonly ComponentSource[], captures: readonly CaptureSnapshot[], monotonicMs: number): void
}

/** So long must a part work again before its failure is over: one that dies again and again is one alert. */
const soundAfterMs = 10_000
/** What will not come back by itself, a capture that failed, is told for so long. */
const toldForMs = 600_000
const ruleId = 'component-failed'

interface Known {
  failures: number
  isOpen: boolean
  backSinceMs: number | null
}

export function createComponentWatch(findings: FindingSink, log: Log): ComponentWatch {
  const known = new Map<string, Known>()
  /** Captures that failed: by their id, until when that is told. */
  const failedCaptures = new Map<string, { component: string; untilMs: number | null }>()

  function raise(component: string, title: string, description: string): void {
    log.error('component_failed', { part: component, reason: description })
    findings.raise({ ruleId, component, severity: 'critical', title, description, value: null, threshold: null })
  }

  function end(component: string): void {
    log.info('component_back', { part: component })
    findings.resolve(ruleId, component)
  }

  function lookAt({ component, failures, reason, isBack, after }: ComponentSource, nowMs: number): void {
    const before: Known = known.get(component) ?? { failures: 0, isOpen: false, backSinceMs: null }
    known.set(component, before)
    if (failures > before.failures) {
      const again = failures - before.failures > 1 ? ` ${failures - before.failures} times` : ''
      Object.assign(before, { failures, isOpen: true, backSinceMs: null })
      raise(component, `${component} failed${again}`, `${reason} ${after}`)
    }
    if (!before.isOpen) return
    before.backSinceMs = isBack ? (before.backSinceMs ?? nowMs) : null
    if (before.backSinceMs === null || nowMs - before.backSinceMs < soundAfterMs) return
    before.isOpen = false
    end(component)
  }

  function lookAtCaptures(captures: readonly CaptureSnapshot[], nowMs: number): void {
    const recorded = new Set(captures.filter(({ state }) => state === 'recording').map(({ jobId }) => jobId))
    for (const { id, state, name, jobId, reason } of captures) {
      if (state !== 'failed') continue
      const component = `capture of ${jobId}`
      const told = failedCaptures.get(id)
      if (!told) {
        failedCaptures.set(id, { component, untilMs: nowMs + toldForMs })
        raise(component, `The capture "${name}" failed`, `${reason} What it wrote until then is kept.`)
      } else if (told.untilMs !== null && (nowMs >= told.untilMs || recorded.has(jobId))) {
        told.untilMs = null
        end(component)
      }
    }
    const ids = new Set(captures.map(({ id }) => id))
    for (const [id, { component, untilMs }] of failedCaptures) {
      if (ids.has(id)) continue
      failedCaptures.delete(id)
      if (untilMs !== null) end(component)
    }
  }

  return {
    look(components, captures, monotonicMs) {
      for (const component of components) lookAt(component, monotonicMs)
      lookAtCaptures(captures, monotonicMs)
    }
  }
}
