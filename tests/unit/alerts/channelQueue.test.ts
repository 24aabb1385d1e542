import { describe, expect, it } from 'vitest'
import type { AlertSeverity } from '../../../src-preload/contract/alerts.ts'
import type { AlertMessage } from '../../../src-main/health/alerts/alertMessage.ts'
import { createChannelQueue } from '../../../src-main/health/alerts/channels/channelQueue.ts'
import { notSent, sent, type SendAnswer } from '../../../src-main/health/alerts/channels/sender.ts'
import { alertOf } from '../../support/alertOf.ts'
import { manualClock } from '../../support/manualClock.ts'

const message = (
  id: string,
  severity: AlertSeverity = 'warning',
  kind: AlertMessage['kind'] = 'raised'
): AlertMessage => ({
  kind,
  alert: alertOf({ id, severity, title: id }),
  picture: () => Promise.resolve(null)
})

function setUp(answers: (SendAnswer | 'hang')[] = [], more = {}) {
  const clock = manualClock()
  const batches: { atMs: number; titles: string[] }[] = []
  const failing: (string | null)[] = []
  const queue = createChannelQueue({
    clock,
    random: () => 1,
    failing: (reason) => void failing.push(reason),
    sender: {
      send(messages, signal) {
        batches.push({
          atMs: clock.monotonicMs(),
          titles: messages.map(({ kind, alert }) => `${kind} ${alert.title}`)
        })
        const answer = answers.shift() ?? sent('ok')
        if (answer !== 'hang') return Promise.resolve(answer)
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(notSent('ended', false)))
          clock.after(8000, () => resolve(notSent('no answer', false)))
        })
      }
    },
    ...more
  })
  return { clock, queue, batches, failing, titles: () => batches.map((batch) => batch.titles) }
}

const busy = notSent('500', false)

describe('the queue of a channel', () => {
  it('sends a few alone, many as one', async () => {
    const { clock, queue, titles } = setUp()
    queue.push(message('a'))
    queue.push(message('b'))
    await clock.advance(1500)
    for (let at = 0; at < 50; at++) queue.push(message(`c${at}`))
    await clock.advance(1500)
    expect(titles()[0]).toEqual(['raised a'])
    expect(titles()[1]).toEqual(['raised b'])
    expect(titles()[2]).toHaveLength(50)
    expect(titles()).toHaveLength(3)
    expect(queue.counters()).toMatchObject({ sent: 52, waiting: 0, failure: null })
  })

  it('tells the newest state of an alert, once', async () => {
    const { clock, queue, titles } = setUp()
    queue.push(message('a'))
    queue.push(message('a', 'warning', 'resolved'))
    await clock.advance(1500)
    expect(titles()).toEqual([['resolved a']])
  })

  it('tries again with growing pauses, and as a summary of what came meanwhile', async () => {
    const { clock, queue, batches, failing } = setUp([busy, busy, busy])
    queue.push(message('a'))
    await clock.advance(1000)
    for (let at = 0; at < 20; at++) queue.push(message(`b${at}`))
    await clock.advance(60_000)
    expect(batches.map(({ atMs }) => atMs)).toEqual([1000, 2000, 4000, 8000])
    expect(batches.at(-1)!.titles).toHaveLength(21)
    expect(queue.counters()).toMatchObject({ sent: 21, retried: 3, waiting: 0 })
    expect(failing).toEqual(['500', null])
  })

  it('waits as long as it is asked to', async () => {
    const { clock, queue, batches } = setUp([notSent('429', false, 30_000)])
    queue.push(message('a'))
    await clock.advance(30_900)
    expect(batches).toHaveLength(1)
    await clock.advance(200)
    expect(batches).toHaveLength(2)
  })

  it('does not repeat what cannot help, and says at once that it fails', async () => {
    const { clock, queue, batches, failing } = setUp([notSent('410 gone', true)])
    queue.push(message('a'))
    await clock.advance(60_000)
    expect(batches).toHaveLength(1)
    expect(queue.counters()).toMatchObject({ failed: 1, waiting: 0, failure: '410 gone' })
    expect(failing).toEqual(['410 gone'])
  })

  it('says after one time-out already that it fails', async () => {
    const { clock, queue, failing } = setUp(['hang'])
    queue.push(message('a'))
    await clock.advance(9100)
    expect(failing).toEqual(['no answer'])
    await clock.advance(1000)
    expect(failing).toEqual(['no answer', null])
  })

  it('keeps the severe ones where there is no room, and counts the others', async () => {
    const { clock, queue, titles } = setUp([], { waitingMax: 5 })
    queue.push(message('bad', 'emergency'))
    for (let at = 0; at < 10; at++) queue.push(message(`w${at}`))
    queue.push(message('critical', 'critical'))
    await clock.advance(1500)
    expect(titles()).toEqual([['raised bad', 'raised w7', 'raised w8', 'raised w9', 'raised critical']])
    expect(queue.counters().dropped).toBe(7)
  })

  it('gives up after an hour, and counts it', async () => {
    const { clock, queue, batches } = setUp(Array.from({ length: 500 }, () => busy))
    queue.push(message('a'))
    await clock.advance(3_700_000)
    expect(queue.counters()).toMatchObject({ failed: 1, waiting: 0, sent: 0 })
    const tried = batches.length
    expect(tried).toBeLessThan(80)
    await clock.advance(600_000)
    expect(batches).toHaveLength(tried)
  })

  it('tries once more when it ends, and no longer than it may', async () => {
    const first = setUp()
    first.queue.push(message('a'))
    await first.queue.dispose(2000)
    expect(first.titles()).toEqual([['raised a']])
    const second = setUp(['hang'])
    second.queue.push(message('a'))
    const ended = second.queue.dispose(2000)
    await second.clock.advance(2000)
    await ended
    second.queue.push(message('b'))
    await second.clock.advance(10_000)
    expect(second.batches).toHaveLength(1)
  })

  it('tries at once when its settings changed', async () => {
    const { clock, queue, batches } = setUp([notSent('down', false, 600_000)])
    queue.push(message('a'))
    await clock.advance(1100)
    expect(batches).toHaveLength(1)
    queue.retryNow()
    await clock.advance(1)
    expect(batches).toHaveLength(2)
  })
})
