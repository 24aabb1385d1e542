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
    grpcPorts: { first: 42_100, last: 42_400 },
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
