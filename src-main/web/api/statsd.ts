import { createSocket } from 'node:dgram'
import type { NetworkSettings } from '../../../src-preload/contract/networkSettings.ts'
import type { Clock } from '../../clock.ts'
import type { Reading, Readings } from '../../health/readings.ts'
import type { Log } from '../../storage/log.ts'

/** What fits into one Ethernet frame, so that a lost packet loses few readings. */
const packetBytes = 1432

const clean = (text: string): string => text.replace(/[^A-Za-z0-9_-]+/g, '_')

/** `prefix.name.label value…`: StatsD has no labels, so their values become parts of the name, in the order of the kind. */
export function statsdName(prefix: string, { name, labels }: Reading, order: readonly string[]): string {
  const values = order.flatMap((label) => (labels[label] === undefined ? [] : clean(labels[label])))
  return [...(prefix === '' ? [] : [prefix]), name, ...values].join('.')
}

/** Lines joined to packets; a line is never split. */
export function packets(lines: readonly string[], bytesMax = packetBytes): string[] {
  const made: string[] = []
  let packet = ''
  for (const line of lines) {
    if (packet !== '' && packet.length + 1 + line.length > bytesMax) {
      made.push(packet)
      packet = ''
    }
    packet += packet === '' ? line : `\n${line}`
  }
  if (packet !== '') made.push(packet)
  return made
}

/**
 * Gauges as they are, counters as what was added since the last push. A gauge below zero is set to zero first: with a sign
 * StatsD would take it for a change.
 */
export function createStatsdLines(readings: Readings, prefix: string): () => string[] {
  const before = new Map<string, number>()
  return () => {
    const kinds = new Map(readings.kinds().map((kind) => [kind.name, kind]))
    return readings.current().flatMap((reading) => {
      const kind = kinds.get(reading.name) ?? kinds.get(reading.name.replace(/_(?:count|sum)$/, ''))
      const name = statsdName(prefix, reading, kind?.labels ?? Object.keys(reading.labels))
      if (!kind || kind.type === 'gauge') {
        const value = String(reading.value)
        return reading.value < 0 ? [`${name}:0|g`, `${name}:${value}|g`] : [`${name}:${value}|g`]
      }
      const last = before.get(name)
      before.set(name, reading.value)
      // A counter that began anew counts from zero; the first push only says where it stands.
      const added = last === undefined ? 0 : reading.value >= last ? reading.value - last : reading.value
      return added > 0 ? [`${name}:${added}|c`] : []
    })
  }
}

export interface StatsdPush {
  counters(): { packets: number; failures: number }
  dispose(): void
}

/** Pushes every reading by UDP. Nobody answers, so only what cannot be sent is counted; it is logged once an hour. */
export function createStatsdPush(options: {
  readings: Readings
  settings: Pick<NetworkSettings, 'statsdHost' | 'statsdPort' | 'statsdPrefix' | 'statsdFlushS'>
  clock: Clock
  log: Log
}): StatsdPush {
  const { readings, settings, clock, log } = options
  const socket = createSocket(settings.statsdHost.includes(':') ? 'udp6' : 'udp4')
  socket.unref()
  const counters = { packets: 0, failures: 0 }
  let loggedMs = -Infinity
  const failed = (error: Error): void => {
    counters.failures += 1
    if (clock.monotonicMs() - loggedMs < 3_600_000) return
    loggedMs = clock.monotonicMs()
    log.warning('statsd_failed', { host: settings.statsdHost, port: settings.statsdPort, reason: error.message })
  }
  socket.on('error', failed)
  const lines = createStatsdLines(readings, settings.statsdPrefix)
  const stop = clock.every(settings.statsdFlushS * 1000, () => {
    for (const packet of packets(lines()))
      socket.send(packet, settings.statsdPort, settings.statsdHost, (error) =>
        error ? failed(error) : (counters.packets += 1)
      )
  })
  return {
    counters: () => ({ ...counters }),
    dispose() {
      stop()
      socket.close()
    }
  }
}
