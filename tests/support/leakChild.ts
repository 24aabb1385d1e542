/**
 * A process that leaks, or one whose heap is a healthy saw-tooth: `leakChild.ts MODE FOLDER`. Prints what health found in it
 * as one line of JSON. Windows are seconds instead of minutes; everything else is the program's own.
 */
import { defaultSettings } from '../../src-preload/contract/settings.ts'
import { systemClock } from '../../src-main/clock.ts'
import { createHealth } from '../../src-main/health/health.ts'
import type { Finding } from '../../src-main/health/readings.ts'
import type { HealthSources } from '../../src-main/health/sources.ts'
import { createLog } from '../../src-main/storage/log.ts'

const [mode, folder] = process.argv.slice(2) as ['heap' | 'external' | 'saw', string]
const clock = systemClock()
const settings = {
  ...defaultSettings().health,
  intervalMs: 100,
  leakWindowS: 5,
  forecastWindowS: 5,
  memoryWarningMb: 4096,
  memoryCriticalMb: 8192,
  memoryEmergencyMb: 16_384
}
const sources: HealthSources = {
  jobs: () => [],
  usage: () => [],
  captures: () => [],
  tasks: () => ({
    tasks: [],
    counters: {
      pending: 0,
      running: 0,
      completed: 0,
      failed: 0,
      cancelled: 0,
      retried: 0,
      refused: 0,
      successRate: null,
      kinds: []
    },
    workers: []
  }),
  caches: () => [],
  backends: () => [],
  threads: () => [],
  components: () => [],
  queues: () => [],
  stages: () => [],
  windows: () => 0,
  log: () => ({ written: 0, dropped: 0, repeated: 0 })
}
const raised = new Map<string, Finding>()
const health = createHealth({
  dataFolder: folder,
  clock,
  log: createLog({ clock, sinks: [] }),
  settings: () => settings,
  sources,
  levers: {
    collectGarbage: async () => false,
    clearCaches: () => '',
    thinRows: () => '',
    holdTasks: () => '',
    withdrawRestart: async () => null,
    prepareRestart: async () => ''
  },
  findings: {
    raise: (finding) => void raised.set(`${finding.ruleId} ${finding.component}`, finding),
    resolve: () => undefined
  },
  problem: () => undefined,
  collected: () => undefined
})
health.start()

const hoard: unknown[] = []
let turn = 0
const work = setInterval(() => {
  turn++
  // What is young dies young: a megabyte or so of objects each turn, and the floor stays where it is.
  const passing = Array.from({ length: 8000 }, (_, at) => ({ at, text: `row ${turn} ${at}` }))
  if (mode === 'heap') hoard.push(passing)
  if (mode === 'external') hoard.push(Buffer.alloc(500_000, turn))
}, 40)

// Twice the window: the first of it is the warming up of the process.
setTimeout(() => {
  clearInterval(work)
  const { name, labels } = { name: 'wavefall_process_heap_used_bytes', labels: { process: 'core' } }
  const heap = health.readings.history(name, labels, 0, Date.now())[0]!.points.map(({ value }) => value)
  process.stdout.write(
    `${JSON.stringify({
      findings: [...raised.values()],
      forecasts: health.forecasts(),
      leaks: health.readings.value('memory_leaks_detected_total'),
      collections: health.readings.value('wavefall_process_gc_total', { process: 'core' }),
      points: heap.length,
      greatest: Math.max(...heap),
      least: Math.min(...heap)
    })}\n`
  )
  void health.dispose()
}, 10_500)
