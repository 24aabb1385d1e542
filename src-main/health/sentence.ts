import type { Explanation, HealthReason, HealthStatus } from '../../src-preload/contract/health.ts'
import { clockTime, duration, spaced, worst, type Sight } from './sight.ts'
import type { JudgedStream } from './streamJudge.ts'

/** What a reason that stands alone is explained by. */
const bottleneckOf: Record<string, Explanation['bottleneck']> = {
  cpu: 'CPU',
  memory: 'memory',
  disk: 'storage',
  response: 'database',
  backend: 'backend'
}

type Sentence = Pick<HealthStatus, 'headline' | 'detail' | 'severity' | 'sinceMs' | 'action'>

export interface SentenceInput {
  sight: Sight
  streams: readonly JudgedStream[]
  reasons: readonly HealthReason[]
  /** Of the whole, the strongest first. */
  explanations: readonly Explanation[]
  busyOthers: readonly { name: string; cpuPercent: number; sinceMs: number }[]
  /** Why the grade is not good though nothing warns; empty where it is. */
  keptFromGood: readonly string[]
  uptimeS: number
}

const order = ['lost', 'stalled', 'behind', 'slow'] as const
const doing = {
  lost: ['loses data', 'lose data'],
  stalled: ['gets no data', 'get no data'],
  behind: ['loses rows', 'lose rows'],
  slow: ['is late', 'are late']
} as const

/** `the machine is out of CPU.` after a colon. */
const afterColon = (cause: string): string =>
  /^(The|Analysis|A|There) /.test(cause) ? cause[0]!.toLowerCase() + cause.slice(1) : cause

function capturesSentence({ captures }: Sight): string | null {
  const running = captures.filter(({ state }) => state === 'recording')
  if (running.length === 0) return null
  const lost = running.reduce((sum, capture) => sum + capture.lostBlocks, 0)
  const what = running.length === 1 ? 'Capture is' : `All ${running.length} captures are`
  return lost === 0
    ? `${what} whole: 0 samples lost.`
    : `Captures miss ${lost} blocks, which are marked in the session.`
}

function otherSentence({ busyOthers }: SentenceInput): string | null {
  const [other] = busyOthers
  if (!other) return null
  return `Another process ("${other.name}", ${other.cpuPercent.toFixed(0)} %) is busy since ${clockTime(other.sinceMs)}.`
}

/** A job keeps its name, `live-1`, where a sentence begins with it. */
const sentenceOf = (text: string): string =>
  `${/^[a-z]+-\d/.test(text) ? text[0]! : text[0]!.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`

function troubled(input: SentenceInput, concerned: readonly JudgedStream[], kind: (typeof order)[number]): Sentence {
  const { sight, explanations } = input
  const sinceMs = Math.min(...concerned.map(({ trouble }) => trouble!.sinceMs))
  const [first] = concerned
  const who = concerned.length === 1 ? first!.jobId : `${concerned.length} streams`
  const [because] = explanations
  const cause = because ? afterColon(because.cause) : afterColon(first!.reason)
  const shed = concerned.reduce((sum, { trouble }) => sum + trouble!.shed, 0)
  const lost = concerned.reduce((sum, { trouble }) => sum + trouble!.lost, 0)
  const evidence = (because?.evidence ?? []).slice(0, 2).map(({ text }) => sentenceOf(text))
  // Once is enough, whoever counted them.
  const isLossTold = [cause, ...evidence].some((text) => /blocks or rows/.test(text))
  const oldestMs = Math.max(...concerned.map(({ queue }) => queue.ageMs))
  const facts = [
    ...evidence,
    oldestMs > 500 ? `The oldest row waits ${duration(oldestMs)}.` : null,
    lost > 0 && !isLossTold ? `${spaced(lost)} blocks or rows lost.` : null,
    shed > 0 ? `${spaced(shed)} display rows left out.` : null,
    capturesSentence(sight),
    because?.bottleneck === 'CPU' ? otherSentence(input) : null,
    because ? because.advice : null
  ]
  return {
    headline: `${who} ${doing[kind][concerned.length === 1 ? 0 : 1]} since ${clockTime(sinceMs)}: ${cause}`,
    detail: facts.filter((fact): fact is string => fact !== null).join(' '),
    severity: worst(concerned.map(({ severity }) => severity)),
    sinceMs,
    action: because?.action ?? null
  }
}

/** What is lost, since when, why and what helps, in one sentence; below it the numbers that prove it. */
export function sentenceFor(input: SentenceInput): Sentence {
  const { sight, streams, reasons, explanations } = input
  for (const kind of order) {
    const concerned = streams.filter(({ trouble, severity }) => trouble?.kind === kind && severity !== 'good')
    if (concerned.length > 0) return troubled(input, concerned, kind)
  }
  const [reason] = reasons.filter(({ severity }) => severity !== 'info')
  if (reason) {
    const because = explanations.find(({ bottleneck }) => bottleneck === bottleneckOf[reason.code])
    const facts = [
      ...reasons.filter((other) => other !== reason).map(({ text }) => text),
      'Nothing is lost.',
      capturesSentence(sight),
      because?.bottleneck === 'CPU' ? otherSentence(input) : null,
      because?.advice ?? null
    ]
    return {
      headline: `${reason.text.replace(/\.$/, '')}, since ${clockTime(reason.sinceMs)}.`,
      detail: facts.filter((fact): fact is string => fact !== null).join(' '),
      severity: reason.severity,
      sinceMs: reason.sinceMs,
      action: because?.action ?? null
    }
  }
  const open = streams.filter(({ word }) => word !== 'ended')
  const rate = open.reduce((sum, { bytesPerS }) => sum + bytesPerS, 0) / 1e6
  const count = open.length === 0 ? 'No stream is open' : open.length === 1 ? '1 stream' : `${open.length} streams`
  const [kept, ...others] = input.keptFromGood
  return {
    headline: kept ? `Nothing is being lost, but ${kept}.` : 'All is well: nothing is being lost.',
    detail: [
      `${count}${open.length > 0 ? `, ${rate.toFixed(1)} MB/s` : ''}; running for ${duration(input.uptimeS * 1000)}.`,
      capturesSentence(sight),
      others.length > 0 ? sentenceOf(`besides, ${others.join(', and ')}`) : null
    ]
      .filter((fact) => fact !== null)
      .join(' '),
    severity: kept ? 'info' : 'good',
    sinceMs: null,
    action: null
  }
}
