import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { z } from 'zod'
import { alertCalls, type alertEvents } from '../../src-preload/contract/alerts.ts'
import { systemClock, type Clock } from '../../src-main/clock.ts'
import { type Alerts, type AlertsOptions, createAlerts } from '../../src-main/health/alerts/alerts.ts'
import type { AlertHandlers } from '../../src-main/health/alerts/alertHandlers.ts'
import { createLog } from '../../src-main/storage/log.ts'
import { writtenReadings, type WrittenReadings } from './writtenReadings.ts'

type Calls = typeof alertCalls
type AlertCall = keyof Calls
type EventName = keyof typeof alertEvents
type EventPayload<Name extends EventName> = z.infer<(typeof alertEvents)[Name]>
type CallArguments<Name extends AlertCall> = z.input<Calls[Name]['arguments']>
type CallResult<Name extends AlertCall> = z.infer<Calls[Name]['result']>

export interface AlertsFixture {
  readonly alerts: Alerts
  readonly readings: WrittenReadings
  readonly folder: string
  /** Everything that was logged. */
  readonly logged: string[]
  readonly written: string[]
  events<Name extends EventName>(name: Name): EventPayload<Name>[]
  /** As a window asks: arguments and answer are checked by the contract; a refusal throws its sentence. */
  call<Name extends AlertCall>(name: Name, args: CallArguments<Name>): Promise<CallResult<Name>>
  /** Text of all files of the folder. */
  files(): Promise<string>
  /** Ends these alerts and opens them anew on the same folder. */
  again(): Promise<AlertsFixture>
  dispose(): Promise<void>
}

const kinds = [
  { name: 'wavefall_stream_stalled', labels: ['job'] },
  { name: 'wavefall_backend_up', labels: ['backend'] },
  { name: 'memory_usage_percent', unit: 'percent' }
]

/** Alerts as a core has them, on written readings and a folder of their own. */
export async function startAlerts(options: Partial<AlertsOptions> & { clock?: Clock } = {}): Promise<AlertsFixture> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'wavefall-alerts-')))
  const clock = options.clock ?? systemClock()
  const readings = writtenReadings(kinds)
  const heard: { name: EventName; payload: unknown }[] = []
  const logged: string[] = []
  const written: string[] = []
  const log = createLog({
    clock,
    level: 'debug',
    sinks: [
      {
        write: (text) => {
          logged.push(text)
          return Promise.resolve()
        },
        dispose: () => Promise.resolve()
      }
    ]
  })
  const alerts = await createAlerts({
    folder,
    handlersFolder: join(folder, 'alert-handlers'),
    clock,
    random: Math.random,
    log,
    readings,
    keyStore: null,
    environment: {},
    notifyDesktop: null,
    writeConsole: (line) => void written.push(line),
    pictureOf: null,
    broadcast: (name, payload) => void heard.push({ name, payload }),
    onError: (what) => (error) => {
      throw new Error(`${what}: ${String(error)}`)
    },
    ...options
  })
  return {
    alerts,
    readings,
    folder,
    logged,
    written,
    events: <Name extends EventName>(name: Name) =>
      heard.filter((one) => one.name === name).map((one) => one.payload as EventPayload<Name>),
    async call(name, args) {
      const parsed = alertCalls[name].arguments.parse(args)
      const handler = alerts.handlers[name] as (args: unknown, client: object) => ReturnType<AlertHandlers[AlertCall]>
      const result = await handler(parsed, { identity: { name: 'tester' } })
      if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
      return alertCalls[name].result.parse(result.value) as CallResult<typeof name>
    },
    async files() {
      const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile())
      return (await Promise.all(names.map(({ name }) => readFile(join(folder, name), 'utf8')))).join('\n')
    },
    async again() {
      await alerts.dispose()
      return startAlerts({ ...options, folder })
    },
    async dispose() {
      await alerts.dispose()
      await log.dispose()
      await rm(folder, { recursive: true, force: true })
    }
  }
}
