import { failure, ok } from '../../../src-preload/contract/errors.ts'
import type { ReducedFrame } from '../../../src-preload/contract/frames.ts'
import type { JobSnapshot, ViewDescription } from '../../../src-preload/contract/schemas.ts'
import { defaultSettings } from '../../../src-preload/contract/settings.ts'
import { FakeConnection } from '../fakeConnection.ts'
import { jobSnapshot, liveRequest, statistics, viewDescription } from '../fakeJobs.ts'

/**
 * A feed for looking at the windows without a core: rows that are a pure function of row and column, so that a test can say
 * what every pixel should show.
 */
export const previewColumns = 2222
export const previewRowMs = 100
const historyRows = 700
const historyLevels = [0, 1, 2, 3]

function noise(row: number, column: number): number {
  let hash = (row * 374761393 + column * 668265263) | 0
  hash = Math.imul(hash ^ (hash >>> 13), 1274126177)
  return (((hash ^ (hash >>> 16)) >>> 0) / 4294967296 - 0.5) * 8
}

/** dB of a cell: two vehicles, a pump, a dead stretch, noise. */
export function previewValue(row: number, column: number): number {
  if (column >= 1500 && column < 1506) return Number.NaN
  let value = -58 + noise(row, column) + 4 * Math.sin(column / 90)
  const vehicles = [
    { at: 300, speed: 1.9, start: 0 },
    { at: 2000, speed: -2.6, start: 120 }
  ]
  for (const { at, speed, start } of vehicles) {
    const distance = Math.abs(column - (at + speed * (row - start)))
    value = Math.max(value, -18 - distance * 0.9 + noise(row + 7, column) * 0.6)
  }
  if (Math.abs(column - 1180) < 14) value = Math.max(value, -34 + 6 * Math.sin(row / 9) + noise(row, column))
  return value
}

export interface PreviewOptions {
  isLive: boolean
  gap: boolean
  columns: number
  rowMs: number
  /** Rows that are there at once. */
  rows: number
  /** Of those, the newest that are sent; the others are only in the history. */
  recent: number
}

export const livePreview: PreviewOptions = {
  isLive: true,
  gap: true,
  columns: previewColumns,
  rowMs: previewRowMs,
  rows: historyRows,
  recent: Infinity
}

const gapAt = (rows: number): { first: number; count: number } => ({ first: rows - 260, count: 18 })

/** A fake core with one job; `rows` come at their time when live, all at once when historic. */
export function previewConnection(options: PreviewOptions): FakeConnection & { originNs: string } {
  const settings = defaultSettings()
  const startedMs = Math.floor(Date.now() / 1000) * 1000 - options.rows * options.rowMs
  const originNs = options.isLive ? String(BigInt(startedMs) * 1_000_000n) : '1698416617000000000'
  const description: ViewDescription = viewDescription({
    jobId: 'live-1',
    live: options.isLive,
    originNs,
    rowIntervalNs: options.rowMs * 1e6,
    expectedRows: options.isLive ? null : options.rows,
    columns: {
      count: options.columns,
      firstChannel: 1,
      channelStep: 1,
      channelsPerColumn: 1,
      firstDistanceM: 0,
      channelSpacingM: 1.02
    }
  })
  let subscription = 0
  let credit = 0
  let nextRow = 0
  const job = (change: Partial<JobSnapshot> = {}): JobSnapshot =>
    jobSnapshot({
      createdAtNs: String(BigInt(startedMs) * 1_000_000n),
      request: {
        ...liveRequest,
        timeRange: options.isLive ? null : { startNs: originNs, endNs: '1698416687000000000' },
        recording: options.isLive ? null : 'decimated_optodas.hdf5'
      },
      statistics: { ...statistics, gaps: options.gap ? 1 : 0, gapS: options.gap ? 1.8 : 0 },
      ...change
    })

  const nowNs = (): string => String(BigInt(Date.now()) * 1_000_000n)
  const connection = new FakeConnection({
    'core.hello': () =>
      ok({ version: '0.1.0', shell: 'web', dataFolder: '/data', startedAtNs: nowNs(), nowNs: nowNs() }),
    'settings.get': () => ok(settings),
    'settings.setDisplay': (change) => {
      Object.assign(settings.display, change)
      const next = structuredClone(settings)
      connection.emit('settings.changed', next)
      return ok(next)
    },
    'backend.status': () =>
      ok({
        name: 'North Sea 2',
        url: 'http://127.0.0.1:5000',
        embedded: true,
        state: 'up',
        reason: 'Answering.',
        circuit: { state: 'closed', failures: 0, retryInMs: null },
        channels: { lowest: 1, highest: 2222 },
        fibre: {
          channelSpacingM: 1.02,
          prrHz: 2000,
          fibreStartM: 0,
          fibreLengthM: 2266,
          channelCount: 2222,
          softwareVersion: '1',
          description: 'simulated fibre'
        },
        checkedAtNs: nowNs()
      }),
    'backend.recordings': () =>
      ok([
        {
          name: 'prodml_fbe_1.h5',
          startNs: '1682525689042000000',
          endNs: '1682525749042000000',
          format: 'prodml 2.0',
          channels: { min: 0, max: 511 },
          sampleRateHz: 4,
          bands: [
            { lowHz: 0.5, highHz: 2 },
            { lowHz: 2, highHz: 10 }
          ],
          unit: '(nm/m/s)²'
        },
        {
          name: 'decimated_optodas.hdf5',
          startNs: '1698416617000000000',
          endNs: '1698416627000000000',
          format: 'asn',
          channels: { min: 32900, max: 34900 },
          sampleRateHz: 200,
          bands: [],
          unit: 'rad'
        }
      ]),
    'jobs.defaults': () => ok(liveRequest),
    'jobs.validate': ({ request }) => {
      const span = request.channels.max - request.channels.min + 1
      const isHigh = (request.band?.maxHz ?? 0) > 1000
      return ok({
        fields: isHigh
          ? [{ path: 'band.maxHz', message: 'Above PRR/2: this fibre is sampled at 2 000 Hz, so at most 1 000 Hz.' }]
          : [],
        load: {
          score: span * 95 * 20,
          scoreLimit: 120e6,
          memoryBytes: span * request.nfft * 8,
          memoryLimitBytes: 1e9,
          fits: true,
          suggestion: ''
        }
      })
    },
    'jobs.open': () => failure('refused', 'The preview opens no jobs.'),
    'jobs.close': () => ok(job({ state: 'cancelled' })),
    'jobs.list': () => ok([job()]),
    'notices.list': () => ok([]),
    'notices.dismiss': () => ok({}),
    'machine.reading': () =>
      ok({
        atNs: nowNs(),
        cpuPercent: 38,
        memoryPercent: 41,
        processes: [
          { process: 'core', label: 'core', cpuPercent: 21, rssBytes: 412e6, eventLoopDelayMs: { p50: 1.2, p99: 4.4 } },
          { process: 'focus-server', label: 'Focus Server', cpuPercent: 17, rssBytes: 200e6, eventLoopDelayMs: null }
        ]
      }),
    'views.attach': () => {
      subscription++
      credit = 0
      nextRow = Math.max(0, options.rows - options.recent)
      return ok({ subscription, description: { ...description, subscription } })
    },
    'views.detach': () => ok({}),
    'views.extent': () => {
      const end = dueRows()
      const levels = historyLevels.map((level) => {
        const factor = 4 ** level
        return { level, factor, firstRow: 0, endRow: Math.ceil(end / factor), bytes: 1e6, bytesMost: 2e6 }
      })
      return ok({ epoch: 1, levels, gaps: [] })
    },
    'views.history': ({ level, firstRow, rowCount, request }) => {
      const end = Math.min(firstRow + rowCount, Math.ceil(dueRows() / 4 ** level))
      const count = Math.max(0, end - firstRow)
      if (count > 0) connection.sendFrame(historyFrame(level, firstRow, count, request))
      return ok({ epoch: 1, sent: count > 0 ? [{ firstRow, rowCount: count }] : [] })
    },
    'views.credit': ({ frames }) => {
      credit += frames
      queueMicrotask(pump)
      return ok({})
    }
  })

  const dueRows = (): number => (options.isLive ? Math.floor((Date.now() - startedMs) / options.rowMs) : options.rows)

  /** Kept rows as the core folds them: means of powers, least, greatest. */
  function historyFrame(level: number, firstRow: number, rowCount: number, request: number): ReducedFrame {
    const factor = 4 ** level
    const cells = rowCount * options.columns
    const frame = {
      mean: new Float32Array(cells),
      minimum: new Float32Array(cells),
      maximum: new Float32Array(cells)
    }
    for (let at = 0; at < cells; at++) {
      const first = (firstRow + Math.floor(at / options.columns)) * factor
      const values = Array.from({ length: factor }, (_, row) => previewValue(first + row, at % options.columns))
      const power = values.reduce((sum, value) => sum + 10 ** (value / 10), 0) / factor
      frame.mean[at] = factor === 1 ? values[0]! : 10 * Math.log10(power)
      frame.minimum[at] = Math.min(...values)
      frame.maximum[at] = Math.max(...values)
    }
    const planes = level === 0 ? 1 : 3
    const shape = { subscription, epoch: 1, level, request, firstRow, rowCount, columnCount: options.columns }
    return { kind: 'reduced', ...shape, sentAtMs: Date.now(), planes, ...frame }
  }

  function sendRows(first: number, count: number): void {
    const values = new Float32Array(count * options.columns)
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < options.columns; column++) {
        values[row * options.columns + column] = previewValue(first + row, column)
      }
    }
    const dataEndMs = options.isLive ? startedMs + (first + count) * options.rowMs : 0
    const shape = { firstRow: first, rowCount: count, columnCount: options.columns }
    connection.sendFrame({
      kind: 'rows',
      subscription,
      epoch: 1,
      ...shape,
      dataEndMs,
      sentAtMs: Date.now(),
      shedRows: 0,
      values
    })
  }

  function pump(): void {
    const gap = gapAt(options.rows)
    const due = dueRows()
    while (credit > 0 && nextRow < due) {
      if (options.gap && nextRow === gap.first) {
        connection.sendFrame({
          kind: 'gap',
          subscription,
          epoch: 1,
          firstRow: gap.first,
          rowCount: gap.count,
          sentAtMs: Date.now(),
          missingMs: gap.count * options.rowMs,
          reason: '92 blocks lost · backend restarted'
        })
        nextRow += gap.count
      }
      const end = options.gap && nextRow < gap.first ? Math.min(due, gap.first) : due
      const count = Math.min(100, end - nextRow)
      credit--
      sendRows(nextRow, count)
      nextRow += count
    }
  }

  if (options.isLive) {
    setInterval(pump, 20)
    setInterval(() => {
      const jitter = Math.random()
      connection.emit('job.changed', job({ statistics: { ...job().statistics, bytesPerS: 8.6e6 + jitter * 6e5 } }))
    }, 500)
  }
  return Object.assign(connection, { originNs })
}
