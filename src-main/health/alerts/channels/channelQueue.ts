import { alertSeverities } from '../../../../src-preload/contract/alerts.ts'
import type { Clock } from '../../../clock.ts'
import { backoffDelayMs } from '../../../streams/backoff.ts'
import type { AlertMessage } from '../alertMessage.ts'
import type { AlertSender, SendAnswer } from './sender.ts'

export interface ChannelQueueOptions {
  sender: Pick<AlertSender, 'send'>
  clock: Clock
  random(): number
  /** Alerts that wait; beyond it the least severe, of these the oldest, goes and is counted. */
  waitingMax?: number
  /** What comes within this time goes out together. */
  gatherMs?: number
  /** More than these at once go out as one summary. */
  singlesMost?: number
  firstRetryMs?: number
  retryMaxMs?: number
  /** What could not be told for so long is given up. */
  keptMs?: number
  /** It fails (with a sentence), or works again (null). */
  failing(reason: string | null): void
}

export interface ChannelCounters {
  sent: number
  failed: number
  retried: number
  dropped: number
  waiting: number
  capacity: number
  /** How long the oldest waits. */
  ageMs: number
  lastSentAtMs: number | null
  /** Why it fails now; null where it does not. */
  failure: string | null
}

export interface ChannelQueue {
  push(message: AlertMessage): void
  counters(): ChannelCounters
  /** Its settings changed: what waits is tried at once. */
  retryNow(): void
  /** Tries what waits once more, at most `withinMs`, then ends. */
  dispose(withinMs: number): Promise<void>
}

interface Waiting {
  message: AlertMessage
  sinceMs: number
}

/** Failing for so long is told at the first attempt already: a second one would come too late. */
const slowFailureMs = 3000

/**
 * Everything that waits for one channel. While it fails, what comes meanwhile gathers, and goes out as one summary when it
 * works again: a server that was down for an hour is not hit by a hundred messages.
 */
export function createChannelQueue(options: ChannelQueueOptions): ChannelQueue {
  const { sender, clock, random } = options
  const { waitingMax = 200, gatherMs = 1000, singlesMost = 3, keptMs = 3_600_000 } = options
  const backoff = { firstMs: options.firstRetryMs ?? 1000, maxMs: options.retryMaxMs ?? 60_000 }
  /** By alert: what is told of it is its newest state. */
  const waiting = new Map<string, Waiting>()
  const counters: ChannelCounters = {
    sent: 0,
    failed: 0,
    retried: 0,
    dropped: 0,
    waiting: 0,
    capacity: waitingMax,
    ageMs: 0,
    lastSentAtMs: null,
    failure: null
  }
  const ending = new AbortController()
  let cancelTimer: (() => void) | null = null
  let sending: Promise<void> | null = null
  let failures = 0

  function setFailure(reason: string | null): void {
    if (counters.failure === reason) return
    const wasFailing = counters.failure !== null
    counters.failure = reason
    if (reason !== null || wasFailing) options.failing(reason)
  }

  function failed(answer: Extract<SendAnswer, { ok: false }>, tookMs: number): void {
    failures++
    if (answer.isFinal || failures >= 2 || tookMs >= slowFailureMs || counters.failure !== null)
      setFailure(answer.reason)
  }

  /** True: it is gone from the queue, told or given up. */
  async function tell(batch: readonly Waiting[]): Promise<{ isDone: boolean; retryAfterMs: number }> {
    const beganMs = clock.monotonicMs()
    const answer = await sender.send(
      batch.map(({ message }) => message),
      ending.signal
    )
    if (answer.ok) {
      counters.sent += batch.length
      counters.lastSentAtMs = clock.nowMs()
      failures = 0
      setFailure(null)
      return { isDone: true, retryAfterMs: 0 }
    }
    failed(answer, clock.monotonicMs() - beganMs)
    if (answer.isFinal) counters.failed += batch.length
    else counters.retried++
    return { isDone: answer.isFinal, retryAfterMs: answer.retryAfterMs ?? 0 }
  }

  function giveUpOld(): void {
    const nowMs = clock.monotonicMs()
    for (const [id, { sinceMs }] of waiting) {
      if (nowMs - sinceMs < keptMs) continue
      waiting.delete(id)
      counters.failed++
    }
  }

  /** Sends all that waits; ends at the first failure that may pass. Returns when to try again, null: nothing is left. */
  async function sendWaiting(): Promise<number | null> {
    while (waiting.size > 0 && !ending.signal.aborted) {
      giveUpOld()
      const all = [...waiting.values()]
      const batch = all.length > singlesMost ? all : all.slice(0, 1)
      if (batch.length === 0) return null
      const { isDone, retryAfterMs } = await tell(batch)
      if (!isDone) return backoffDelayMs(failures, backoff, random, retryAfterMs)
      // What changed while it was sent waits with its newer state.
      for (const sent of batch) if (waiting.get(sent.message.alert.id) === sent) waiting.delete(sent.message.alert.id)
    }
    return null
  }

  function schedule(delayMs: number): void {
    if (cancelTimer || sending || ending.signal.aborted) return
    cancelTimer = clock.after(delayMs, () => {
      cancelTimer = null
      sending = sendWaiting().then((againMs) => {
        sending = null
        if (againMs !== null) schedule(againMs)
        else if (waiting.size > 0) schedule(gatherMs)
      })
    })
  }

  function makeRoom(): void {
    if (waiting.size < waitingMax) return
    let least: { id: string; rank: number } | null = null
    for (const [id, { message }] of waiting) {
      const rank = alertSeverities.indexOf(message.alert.severity)
      if (least === null || rank < least.rank) least = { id, rank }
    }
    if (least) waiting.delete(least.id)
    counters.dropped++
  }

  return {
    push(message) {
      if (ending.signal.aborted) return
      const { id } = message.alert
      if (!waiting.has(id)) makeRoom()
      waiting.set(id, { message, sinceMs: waiting.get(id)?.sinceMs ?? clock.monotonicMs() })
      schedule(gatherMs)
    },
    retryNow() {
      if (waiting.size === 0 || sending) return
      cancelTimer?.()
      cancelTimer = null
      schedule(0)
    },
    counters() {
      const [oldest] = waiting.values()
      const ageMs = oldest ? clock.monotonicMs() - oldest.sinceMs : 0
      return { ...counters, waiting: waiting.size, ageMs }
    },
    async dispose(withinMs) {
      cancelTimer?.()
      let cancelLimit: () => void = () => undefined
      const limit = new Promise<void>((resolve) => (cancelLimit = clock.after(withinMs, resolve)))
      if (waiting.size > 0 || sending) await Promise.race([(sending ?? Promise.resolve()).then(sendWaiting), limit])
      cancelLimit()
      ending.abort()
    }
  }
}
