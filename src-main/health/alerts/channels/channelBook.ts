import { join } from 'node:path'
import {
  type AlertChannel,
  alertChannel,
  channelSecrets,
  type ChannelTest,
  type ListedChannel
} from '../../../../src-preload/contract/alertChannels.ts'
import type { Alert } from '../../../../src-preload/contract/alerts.ts'
import { failure, ok, type Result } from '../../../../src-preload/contract/errors.ts'
import { delay, type Clock } from '../../../clock.ts'
import type { AlertMessage } from '../alertMessage.ts'
import { openKeptLists } from '../keptList.ts'
import type { Secrets } from '../secrets.ts'
import { type ChannelQueue, type ChannelQueueOptions, createChannelQueue } from './channelQueue.ts'
import { type ChannelOutlets, createSender } from './createSender.ts'
import type { AlertSender } from './sender.ts'
import { shippedChannels } from './shippedChannels.ts'

export interface ChannelReading {
  channel: string
  waiting: number
  capacity: number
  ageMs: number
  sent: number
  failed: number
  retried: number
  dropped: number
  isFailing: boolean
}

export interface ChannelBook {
  readonly problem: string
  list(): ListedChannel[]
  save(channel: AlertChannel): Promise<Result<null>>
  remove(id: string): Promise<Result<null>>
  setSecret(id: string, name: string, value: string | null): Promise<Result<null>>
  /** One message now, past the queue. */
  test(id: string): Promise<Result<ChannelTest>>
  /** To those that `named` names, else to all that take its severity; never to one that the alert is about. */
  tell(message: AlertMessage, named: string[] | null): void
  readings(): ChannelReading[]
  dispose(): Promise<void>
}

export interface ChannelBookOptions {
  folder: string
  clock: Clock
  random(): number
  secrets: Secrets
  outlets: ChannelOutlets
  /** A channel fails (with a sentence), or works again (null). */
  failing(channel: AlertChannel, reason: string | null): void
  onWriteError(error: unknown): void
  /** For tests: shorter times. */
  queue?: Partial<ChannelQueueOptions>
}

interface OpenChannel {
  channel: AlertChannel
  sender: AlertSender
  queue: ChannelQueue
}

const ownMost = 50
/** A test is awaited so long; longer than any sender waits. */
const testTimeoutMs = 20_000
const endWithinMs = 2000
/** Label of an alert about a channel. */
export const channelLabel = 'channel'

const testMessage = (nowMs: number): AlertMessage => ({
  kind: 'test',
  alert: {
    id: `test-${nowMs}`,
    ruleId: 'test',
    component: 'alerts',
    severity: 'info',
    status: 'active',
    title: 'Test of this channel',
    description: 'Nothing is wrong: someone pressed "send test" in Wavefall.',
    labels: {},
    jobId: null,
    isForecast: false,
    createdAtMs: nowMs,
    changedAtMs: nowMs,
    acknowledgedAtMs: null,
    acknowledgedBy: null,
    resolvedAtMs: null,
    resolvedBy: null,
    silencedUntilMs: null,
    value: null,
    threshold: null,
    unit: '',
    count: 1,
    hasPicture: false
  } satisfies Alert,
  picture: () => Promise.resolve(null)
})

/** The ways out: their settings (`channels.json`), their queues, and which alert goes where. */
export async function openChannelBook(options: ChannelBookOptions): Promise<ChannelBook> {
  const { folder, clock, secrets, outlets } = options
  const shipped = new Map(shippedChannels().map((channel) => [channel.id, channel]))
  const kept = await openKeptLists<{ channels: AlertChannel[] }>(
    join(folder, 'channels.json'),
    { channels: alertChannel },
    clock,
    options.onWriteError
  )
  const open = new Map<string, OpenChannel>()

  /** The queue stays when settings change: what waits goes out by the new ones. */
  function openChannel(channel: AlertChannel): void {
    const { id } = channel
    const sender = createSender(channel, (name) => secrets.get(id, name), outlets)
    const queue =
      open.get(id)?.queue ??
      createChannelQueue({
        sender: { send: (messages, signal) => open.get(id)!.sender.send(messages, signal) },
        clock,
        random: options.random,
        failing(reason) {
          const now = open.get(id)
          if (now) options.failing(now.channel, reason)
        },
        ...options.queue
      })
    open.set(id, { channel, sender, queue })
    queue.retryNow()
  }
  for (const channel of [...shipped.values(), ...kept.lists.channels]) openChannel(channel)

  const write = (): Promise<void> =>
    kept.save({
      channels: [...open.values()]
        .map(({ channel }) => channel)
        .filter((channel) => JSON.stringify(channel) !== JSON.stringify(shipped.get(channel.id)))
    })
  const missing = (id: string) => failure('not-found', `There is no channel "${id}".`)

  function listed({ channel, sender, queue }: OpenChannel): ListedChannel {
    const { failure: reason, capacity: _capacity, ageMs: _ageMs, ...counters } = queue.counters()
    const lacks = sender.lacks()
    const state = !channel.isEnabled ? 'off' : lacks ? 'incomplete' : reason === null ? 'ready' : 'failing'
    return {
      channel,
      isShipped: shipped.has(channel.id),
      secrets: channelSecrets[channel.settings.kind].map((name) => ({
        name,
        state: secrets.state(channel.id, name),
        variable: secrets.variable(channel.id, name)
      })),
      state,
      sentence: lacks || (state === 'failing' ? reason! : ''),
      ...counters
    }
  }

  function takes({ channel, sender }: OpenChannel, { alert }: AlertMessage, named: string[] | null): boolean {
    if (!channel.isEnabled || sender.lacks() !== '') return false
    if (alert.ruleId === 'channel-failed' && alert.labels[channelLabel] === channel.id) return false
    return named ? named.includes(channel.id) : channel.severities.includes(alert.severity)
  }

  return {
    problem: kept.problem,
    list: () => [...open.values()].map(listed),
    async save(channel) {
      const before = open.get(channel.id)
      if (before && before.channel.settings.kind !== channel.settings.kind)
        return failure('invalid', `The channel "${channel.id}" is of another kind: choose another id.`)
      if (!before && open.size >= shipped.size + ownMost)
        return failure('refused', `There are ${ownMost} own channels already: delete one that is not needed.`)
      openChannel(channel)
      await write()
      return ok(null)
    },
    async remove(id) {
      const found = open.get(id)
      if (!found) return missing(id)
      if (shipped.has(id))
        return failure('refused', `The channel "${id}" came with the program: it can be switched off, not deleted.`)
      options.failing(found.channel, null)
      await found.queue.dispose(0)
      open.delete(id)
      await Promise.all([write(), secrets.forget(id)])
      return ok(null)
    },
    async setSecret(id, name, value) {
      const found = open.get(id)
      if (!found) return missing(id)
      if (!channelSecrets[found.channel.settings.kind].includes(name))
        return failure('not-found', `A channel of the kind "${found.channel.settings.kind}" has no secret "${name}".`)
      const set = await secrets.set(id, name, value)
      if (!set.ok) return set
      found.queue.retryNow()
      return ok(null)
    },
    async test(id) {
      const found = open.get(id)
      if (!found) return missing(id)
      const beganMs = clock.monotonicMs()
      const took = (): number => Math.round(clock.monotonicMs() - beganMs)
      const lacks = found.sender.lacks()
      if (lacks) return ok({ succeeded: false, answer: lacks, tookMs: 0 })
      const limit = new AbortController()
      const ended = new AbortController()
      const answer = await Promise.race([
        found.sender.send([testMessage(clock.nowMs())], limit.signal),
        delay(clock, testTimeoutMs, ended.signal).then(() => null)
      ])
      ended.abort()
      if (answer) return ok({ succeeded: answer.ok, answer: answer.ok ? answer.answer : answer.reason, tookMs: took() })
      limit.abort()
      return ok({ succeeded: false, answer: `No answer within ${testTimeoutMs / 1000} s.`, tookMs: took() })
    },
    tell(message, named) {
      for (const one of open.values()) {
        if (message.kind === 'resolved' && !one.channel.tellsResolved) continue
        if (takes(one, message, named)) one.queue.push(message)
      }
    },
    readings: () =>
      [...open.values()].map(({ channel, queue }) => {
        const { failure: reason, lastSentAtMs: _, ...counters } = queue.counters()
        return { channel: channel.id, ...counters, isFailing: reason !== null }
      }),
    async dispose() {
      await Promise.all([...open.values()].map(({ queue }) => queue.dispose(endWithinMs)))
      await Promise.all([kept.settled(), secrets.settled()])
    }
  }
}
