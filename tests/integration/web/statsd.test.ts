import { createSocket, type Socket } from 'node:dgram'
import { afterEach, describe, expect, it } from 'vitest'
import { createLog } from '../../../src-main/storage/log.ts'
import { createStatsdPush, packets, type StatsdPush } from '../../../src-main/web/api/statsd.ts'
import { apiFixture } from '../../support/apiFixture.ts'
import { eventually } from '../../support/eventually.ts'
import { manualClock } from '../../support/manualClock.ts'

let server: Socket | null = null
let push: StatsdPush | null = null
afterEach(() => {
  push?.dispose()
  server?.close()
  push = null
  server = null
})

describe('StatsD', () => {
  it('gets gauges as they are and counters as what was added, every ten seconds, in packets of a frame', async () => {
    const received: string[] = []
    const listening = createSocket('udp4')
    server = listening
    listening.on('message', (bytes) => received.push(bytes.toString('utf8')))
    await new Promise<void>((resolve) => listening.bind(0, '127.0.0.1', resolve))
    const clock = manualClock()
    const log = createLog({ clock, sinks: [] })
    const fixture = apiFixture(clock)
    let blocks = 100
    const collect = (): void =>
      fixture.collect((store) => {
        store.set('wavefall_stream_received_bytes_total', { job: 'live 1' }, blocks)
        for (let at = 0; at < 60; at++) store.set('wavefall_queue_length', { queue: 'analysis', of: `live-${at}` }, at)
      })
    collect()
    push = createStatsdPush({
      readings: fixture.readings,
      settings: {
        statsdHost: '127.0.0.1',
        statsdPort: listening.address().port,
        statsdPrefix: 'site7',
        statsdFlushS: 10
      },
      clock,
      log
    })
    await clock.advance(9999)
    expect(received).toEqual([])
    await clock.advance(1)
    const sent = (name: string): string[] =>
      received.flatMap((packet) => packet.split('\n')).filter((line) => line.startsWith(name))
    await eventually('the first push is there', () => sent('site7.wavefall_uptime_seconds:1|g').length === 1)
    expect(sent('site7.memory_usage_bytes.vms_mb:2000|g')).toHaveLength(1)
    expect(sent('site7.wavefall_queue_length.analysis.live-59:59|g')).toHaveLength(1)
    expect(sent('site7.wavefall_stream_received_bytes_total')).toEqual([])
    blocks = 350
    collect()
    await clock.advance(10_000)
    await eventually('what was added is there', () => sent('site7.wavefall_stream_received_bytes_total').length === 1)
    expect(sent('site7.wavefall_stream_received_bytes_total')).toEqual([
      'site7.wavefall_stream_received_bytes_total.live_1:250|c'
    ])
    expect(Math.max(...received.map((packet) => packet.length))).toBeLessThanOrEqual(1432)
  })

  it('never splits a line', () => {
    const lines = Array.from({ length: 100 }, (_, at) => `reading_${at}:${at}|g`)
    const made = packets(lines, 100)
    expect(made.every((packet) => packet.length <= 100)).toBe(true)
    expect(made.join('\n').split('\n')).toEqual(lines)
  })

  it('counts what cannot be sent and goes on', async () => {
    const clock = manualClock()
    const fixture = apiFixture(clock)
    fixture.collect()
    push = createStatsdPush({
      readings: fixture.readings,
      settings: { statsdHost: 'no-such-host.invalid', statsdPort: 8125, statsdPrefix: '', statsdFlushS: 1 },
      clock,
      log: createLog({ clock, sinks: [] })
    })
    const pushed = push
    await clock.advance(1000)
    await eventually('the failure is counted', () => pushed.counters().failures > 0)
    expect(pushed.counters().packets).toBe(0)
  })
})
