import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectCore, type CoreClient } from '../../../src-main/web/coreClient.ts'
import { startCommand, type RunningCommand } from '../../support/commandLine.ts'
import { eventually } from '../../support/eventually.ts'
import { dashboardQueries } from '../../support/monitoring/makeDashboard.ts'
import {
  promtool,
  skipReason,
  startPrometheus,
  type RunningPrometheus
} from '../../support/monitoring/prometheusPrograms.ts'

const resources = resolve(import.meta.dirname, '../../../resources/prometheus')
let folder: string
let serve: RunningCommand
let core: CoreClient
let prometheus: RunningPrometheus

interface Rule {
  name: string
  query: string
  health: string
  lastError?: string
}

/** Metric names that a query asks: words before a brace, a bracket or an operator that are no function or label. */
function namesOf(expr: string): string[] {
  const bare = expr
    .replace(/"[^"]*"/g, '""')
    .replace(/(?:by|without)\s*\([^)]*\)/g, '')
    .replace(/\{[^}]*\}/g, '')
  const words = bare.match(/[a-zA-Z_:][\w:]*(?!\s*\()\b/g) ?? []
  const called = new Set(bare.match(/[a-zA-Z_]\w*(?=\s*\()/g) ?? [])
  return words.filter((word) => word.includes('_') && !called.has(word))
}

const inGrafana = (expr: string): string =>
  expr
    .replaceAll('$__rate_interval', '5s')
    .replaceAll('$__range', '1m')
    .replaceAll(/\$(?:instance|stream)/g, '.*')

/** Only while something is exported, captured, or a session is there: the test makes one of each that can be made here. */
const absentHere = new Set(['wavefall_capture_lost_blocks_total'])

describe.skipIf(skipReason !== null)('the real Prometheus', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wavefall-prometheus-'))
    serve = startCommand([
      'serve', '--json', '--port', '0', '--metrics-port', '0', '--data', join(folder, 'data')
    ]) // prettier-ignore
    const ready = JSON.parse(await serve.firstLine()) as { url: string; token: string; metrics: string }
    const connected = await connectCore(ready.url, ready.token)
    if (!connected.ok) throw new Error(connected.error.message)
    core = connected.value
    await eventually('the fibre is up', async () => {
      const status = await core.call('backend.status', {})
      return status.ok && status.value.state === 'up'
    }, 30_000) // prettier-ignore
    const defaults = await core.call('jobs.defaults', {})
    if (!defaults.ok) throw new Error(defaults.error.message)
    const opened = await core.call('jobs.open', { request: defaults.value, windowId: null })
    if (!opened.ok) throw new Error(opened.error.message)
    const attached = await core.call('views.attach', { jobId: opened.value.id, columnsMax: 500 })
    if (!attached.ok) throw new Error(attached.error.message)
    const { subscription } = attached.value
    core.onRows(() => void core.call('views.credit', { subscription, frames: 1, drawnLatencyMs: [4] }))
    await core.call('views.credit', { subscription, frames: 8, drawnLatencyMs: [] })

    cpSync(resources, folder, { recursive: true })
    const example = readFileSync(join(folder, 'prometheus.example.yml'), 'utf8')
    expect(example).toContain('scrape_interval: 15s')
    const config = example.replaceAll('15s', '1s').replace('127.0.0.1:9091', new URL(ready.metrics).host)
    writeFileSync(join(folder, 'prometheus.yml'), config)
    prometheus = await startPrometheus(join(folder, 'prometheus.yml'), join(folder, 'tsdb'))
    await eventually('it has scraped a few times', async () => {
      const counted = await prometheus.query('count_over_time(wavefall_uptime_seconds[1m])')
      return Number(counted[0]?.value[1] ?? 0) >= 5
    }, 40_000) // prettier-ignore
    await eventually(
      'rows flow',
      async () => (await prometheus.query('wavefall_stream_rows_per_second > 0')).length > 0
    )
  }, 120_000)
  afterAll(async () => {
    await prometheus?.stop()
    core?.close()
    await serve?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('reads every line of /metrics', async () => {
    expect(await prometheus.query('up{job="wavefall"}')).toMatchObject([{ value: [expect.anything(), '1'] }])
    const { activeTargets } = (await prometheus.get('/api/v1/targets')) as { activeTargets: { lastError: string }[] }
    expect(activeTargets.map(({ lastError }) => lastError)).toEqual([''])
  })

  it('knows every metric that dashboard and rules name', async () => {
    const known = new Set((await prometheus.get('/api/v1/label/__name__/values')) as string[])
    const { groups } = (await prometheus.get('/api/v1/rules')) as { groups: { rules: Rule[] }[] }
    const queries = [
      ...dashboardQueries().map(inGrafana),
      ...groups.flatMap(({ rules }) => rules.map(({ query }) => query))
    ]
    const missing = queries.flatMap((query) =>
      namesOf(query).filter((name) => !known.has(name) && !absentHere.has(name))
    )
    expect([...new Set(missing)]).toEqual([])
  })

  it.each(dashboardQueries())('answers the dashboard: %s', async (expr) => {
    const isAbsent = namesOf(expr).some((name) => absentHere.has(name))
    await eventually(
      `there is data for ${expr}`,
      async () => isAbsent || (await prometheus.query(inGrafana(expr))).length > 0
    )
  })

  it('evaluates every rule without an error', async () => {
    await eventually('all rules were evaluated', async () => {
      const { groups } = (await prometheus.get('/api/v1/rules')) as { groups: { rules: Rule[] }[] }
      const rules = groups.flatMap((group) => group.rules)
      return rules.length === 19 && rules.every(({ health }) => health !== 'unknown')
    }) // prettier-ignore
    const { groups } = (await prometheus.get('/api/v1/rules')) as { groups: { rules: Rule[] }[] }
    for (const { name, health, lastError } of groups.flatMap(({ rules }) => rules))
      expect([name, health, lastError ?? '']).toEqual([name, 'ok', ''])
  })

  it('finds rules and the example sound', () => {
    for (const [kind, file] of [
      ['rules', 'wavefall.rules.yml'],
      ['config', 'prometheus.example.yml']
    ] as const) {
      const checked = spawnSync(promtool!, ['check', kind, join(resources, file)], { encoding: 'utf8' })
      expect(checked.status, checked.stdout + checked.stderr).toBe(0)
    }
  })

  it('fires each rule when it should, and not before', () => {
    const file = join(folder, 'rules.test.yml')
    writeFileSync(file, ruleTests(join(resources, 'wavefall.rules.yml')))
    const tested = spawnSync(promtool!, ['test', 'rules', file], { encoding: 'utf8' })
    expect(tested.status, tested.stdout + tested.stderr).toBe(0)
  })
})

/** Series made up for the rules: at which minute which alert is there. */
function ruleTests(rules: string): string {
  const base = 'instance="core:9091",job="wavefall"'
  const fires = (name: string, at: string, count: 0 | 1): string => {
    const expr = `count(ALERTS{alertname="${name}",alertstate="firing"}) or vector(0)`
    return `      - { eval_time: ${at}, expr: '${expr}', exp_samples: [{ labels: '{}', value: ${count} }] }`
  }
  return `
rule_files: ['${rules}']
evaluation_interval: 5s
tests:
  - interval: 5s
    input_series:
      - { series: 'up{${base}}', values: '1x200' }
      - { series: 'wavefall_monitoring_active{${base}}', values: '1x120 0x80' }
      - { series: 'wavefall_stream_stalled{${base},exported_job="live-1"}', values: '0x24 1x12 0x200' }
      - { series: 'memory_usage_bytes{${base},component="rss_mb"}', values: '900x60 1500x140' }
      - { series: 'memory_usage_percent{${base}}', values: '40x200' }
      - { series: 'wavefall_machine_cpu_ratio{${base}}', values: '0.9x200' }
      - { series: 'wavefall_requests_total{${base},service="calls",outcome="answered"}', values: '0+10x200' }
      - { series: 'wavefall_requests_total{${base},service="calls",outcome="failed"}', values: '0x60 0+5x140' }
      - { series: 'wavefall_stream_lost_blocks_total{${base},exported_job="live-1"}', values: '0x100 7x100' }
      - { series: 'wavefall_stream_lost_rows_total{${base},exported_job="live-1"}', values: '0x200' }
    promql_expr_test:
${[
  fires('StreamStalled', '2m', 0),
  fires('StreamStalled', '2m30s', 1),
  fires('StreamStalled', '4m', 0),
  fires('MemoryWarning', '4m', 0),
  fires('MemoryWarning', '7m', 1),
  fires('MemoryCritical', '15m', 0),
  fires('CpuHigh', '9m', 0),
  fires('CpuHigh', '11m', 1),
  fires('CpuCritical', '15m', 0),
  fires('HighErrorRate', '5m', 0),
  fires('HighErrorRate', '9m', 1),
  fires('DataLost', '8m', 0),
  fires('DataLost', '8m40s', 1),
  fires('DataLost', '12m', 0),
  fires('MonitoringSilent', '10m', 0),
  fires('MonitoringSilent', '12m', 1)
].join('\n')}
`
}
