import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../../src-main/clock.ts'
import {
  createFocusServer,
  type FocusServer,
  type FocusServerOptions
} from '../../../src-main/focus-server/focusServer.ts'
import { parseSourceSpec, type SourceSpec } from '../../../src-main/focus-server/sources/sourceSpec.ts'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import type { Recording, RecordingInfo } from '../../../src-main/recordings/recording.ts'
import { streamPorts } from '../../support/streamPorts.ts'

export interface Started {
  server: FocusServer
  log: { event: string; values: Record<string, unknown> }[]
}

export function specOf(text: string): SourceSpec {
  const parsed = parseSourceSpec(text)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.value
}

/** A backend with a small fibre that ends with the test. */
export async function startServer(options: Partial<FocusServerOptions> & { source?: string } = {}): Promise<Started> {
  const log: Started['log'] = []
  const server = await createFocusServer({
    host: '127.0.0.1',
    port: 0,
    grpcPorts: streamPorts,
    specs: [specOf(options.source ?? 'simulated:channels=60,prr=1000,seed=3')],
    recordingsFolder: null,
    openRecording,
    recordsFile: null,
    clock: systemClock(),
    log: (event, values) => log.push({ event, values }),
    version: 'test',
    ...options
  })
  onTestFinished(() => server.dispose())
  return { server, log }
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wavefall-server-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export const configureBody = {
  displayTimeAxisDuration: null,
  nfftSelection: null,
  displayInfo: { height: 200 },
  channels: { min: 1, max: 60 },
  frequencyRange: null,
  start_time: null,
  end_time: null,
  view_type: '2'
}

export const post = (server: FocusServer, path: string, body: unknown): Promise<Response> =>
  fetch(server.base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body)
  })

export async function configure(
  server: FocusServer,
  change: object = {}
): Promise<{ job_id: string; stream_port: string; lines_dt: number }> {
  const answer = await post(server, '/configure', { ...configureBody, ...change })
  if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as { job_id: string; stream_port: string; lines_dt: number }
}

/** 2 s at 100 Hz from 2001-09-09T01:46:40Z, 4 channels, each value the number of its sample. */
export function rampRecording(path: string): Recording {
  const info: RecordingInfo = {
    format: 'ramp',
    formatVersion: null,
    file: path,
    instrument: null,
    shape: { time: 200, channel: 4 },
    storedOrder: ['time', 'channel'],
    dtype: 'int16',
    quantity: 'strain rate',
    unit: 'nm/m/s',
    scale: 1,
    startTimeNs: 1_000_000_000_000_000_000n,
    endTimeNs: 1_000_000_002_000_000_000n,
    sampleIntervalNs: 10_000_000,
    sampleRateHz: 100,
    channelSpacingM: null,
    firstChannel: null,
    channelStep: 1,
    firstDistanceM: null,
    gaugeLengthM: null,
    bands: [],
    segments: null,
    distancesM: null,
    channelNames: null,
    gaps: [],
    annotations: 0,
    warnings: [],
    metadata: {}
  }
  return {
    info,
    read({ time, channel }) {
      const width = channel.to - channel.from
      const values = new Int16Array((time.to - time.from) * width)
      return Promise.resolve(values.map((_, index) => time.from + Math.floor(index / width)))
    },
    close: () => Promise.resolve()
  }
}
