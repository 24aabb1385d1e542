import type { MachineReading, StreamStatistics } from '../../../src-preload/contract/schemas.ts'
import { bytesText, integerText, secondsText, shortNumber } from '../../widgets/format.ts'

export interface Counter {
  /** Stable name, for tests and styles. */
  name: string
  label: string
  value: string
  unit: string
  /** Set when an operator should look at it. */
  tone: 'plain' | 'warning' | 'bad'
}

const counter = (name: string, label: string, value: string, unit = '', tone: Counter['tone'] = 'plain'): Counter => ({
  name,
  label,
  value,
  unit,
  tone
})

const milliseconds = (value: number): string => (value < 10 ? value.toFixed(1) : integerText(value))

/** A count that should be zero. */
const fault = (name: string, label: string, count: number, tone: 'warning' | 'bad' = 'warning', unit = ''): Counter =>
  counter(name, label, integerText(count), unit, count > 0 ? tone : 'plain')

function latency(name: string, label: string, value: StreamStatistics['latencyMs']): Counter {
  if (!value) return counter(name, label, '–', 'ms')
  const tone = value.p95 > 500 ? 'bad' : value.p95 > 200 ? 'warning' : 'plain'
  return counter(name, label, `${milliseconds(value.p50)} / ${milliseconds(value.p95)}`, 'ms', tone)
}

export function machineCounters(machine: MachineReading | null): Counter[] {
  if (!machine) return []
  const memory = machine.processes.reduce((sum, process) => sum + (process.rssBytes ?? 0), 0)
  const [value = '', unit = ''] = bytesText(memory).split(' ')
  const level = (percent: number, warning: number, bad: number): Counter['tone'] =>
    percent > bad ? 'bad' : percent > warning ? 'warning' : 'plain'
  return [
    counter('cpu', 'CPU', integerText(machine.cpuPercent), '%', level(machine.cpuPercent, 70, 85)),
    counter('memory', 'memory', value, unit, level(machine.memoryPercent, 75, 90))
  ]
}

/** What is always in view, left to right; what is more important comes first and goes last when space is short. */
export function stripCounters(statistics: StreamStatistics): Counter[] {
  const { queue } = statistics
  const queueTone = queue.capacity > 0 && queue.length / queue.capacity > 0.75 ? 'warning' : 'plain'
  return [
    counter('bytes-rate', '', shortNumber(statistics.bytesPerS / 1e6), 'MB/s'),
    counter('rows-rate', '', shortNumber(statistics.rowsPerS), 'rows/s'),
    latency('latency', 'latency', statistics.drawnLatencyMs ?? statistics.latencyMs),
    fault('gaps', 'gaps', statistics.gaps, 'warning', statistics.gapS > 0 ? `· ${secondsText(statistics.gapS)}` : ''),
    fault('lost', 'lost', statistics.lostBlocks + statistics.lostRows, 'bad'),
    fault('shed', 'shed', statistics.shedRows),
    counter('queue', 'queue', integerText(queue.length), `/ ${integerText(queue.capacity)}`, queueTone),
    fault('reconnects', 'reconnects', statistics.reconnects)
  ]
}

/** Every counter of a stream, for the list that opens above the strip. */
export function everyCounter(statistics: StreamStatistics): Counter[] {
  const { queue } = statistics
  const percentiles = (name: string, label: string, value: StreamStatistics['latencyMs']): Counter =>
    counter(name, label, value ? [value.p50, value.p95, value.p99].map(milliseconds).join(' / ') : '–', 'ms')
  return [
    counter('service', 'service', statistics.service ?? 'none yet'),
    counter('bytes', 'received', bytesText(statistics.bytes)),
    counter('blocks', 'blocks', integerText(statistics.blocks)),
    counter('rows', 'rows', integerText(statistics.rows)),
    percentiles('latency-handed', 'latency to the window, p50 / p95 / p99', statistics.latencyMs),
    percentiles('latency-drawn', 'latency to the screen, p50 / p95 / p99', statistics.drawnLatencyMs),
    fault('gaps', 'gaps', statistics.gaps),
    counter('gap-time', 'time missing', secondsText(statistics.gapS), '', statistics.gapS > 0 ? 'warning' : 'plain'),
    fault('lost-blocks', 'lost blocks', statistics.lostBlocks, 'bad'),
    fault('lost-rows', 'lost rows', statistics.lostRows, 'bad'),
    fault('bad-messages', 'messages refused', statistics.badMessages, 'bad'),
    fault('invalid-values', 'invalid values', statistics.invalidValues),
    fault('shed-rows', 'rows shed for the display', statistics.shedRows),
    counter('queue', 'queue', `${integerText(queue.length)} of ${integerText(queue.capacity)}`),
    counter('queue-age', 'oldest in the queue', milliseconds(queue.ageMs), 'ms'),
    // Playback holds its source back whenever enough is read ahead: no fault.
    counter('pauses', 'pauses', integerText(statistics.pauses)),
    fault('reconnects', 'reconnects', statistics.reconnects),
    fault('worker-restarts', 'worker restarts', statistics.workerRestarts),
    counter(
      'silent',
      'since the last data',
      statistics.silentMs === null ? '–' : secondsText(statistics.silentMs / 1000)
    )
  ]
}
