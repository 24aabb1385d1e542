/** The Grafana dashboard, row by row. `vitest run tests/unit/web/dashboard.test.ts -u` writes it into resources. */

import { good, rows, type PanelOptions } from './dashboardRows.ts'

export const gridHeight = 8
const datasource = { type: 'prometheus', uid: '${datasource}' }
/** All queries as they stand in the dashboard. */
export const dashboardQueries = (): string[] =>
  rows.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)))

const refId = (at: number): string => String.fromCharCode(65 + at)

function panelOf(options: PanelOptions, id: number, gridPos: object): object {
  const { title, description, unit, queries, kind = 'timeseries', thresholds = [good], max, isSigned = false } = options
  const isTimeseries = kind === 'timeseries'
  return {
    id,
    type: kind,
    title,
    description,
    datasource,
    gridPos,
    fieldConfig: {
      defaults: {
        unit,
        ...(isSigned ? {} : { min: 0 }),
        ...(max === undefined ? {} : { max }),
        color: { mode: isTimeseries ? 'palette-classic' : 'thresholds' },
        thresholds: { mode: 'absolute', steps: thresholds.map(({ value, colour }) => ({ value, color: colour })) },
        custom: isTimeseries
          ? {
              drawStyle: 'line',
              lineWidth: 1,
              fillOpacity: 8,
              showPoints: 'never',
              spanNulls: false,
              thresholdsStyle: { mode: thresholds.length > 1 ? 'dashed' : 'off' }
            }
          : {}
      },
      overrides: []
    },
    options: isTimeseries
      ? { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } }
      : {},
    targets: queries.map(({ expr, legend }, at) => ({ refId: refId(at), datasource, expr, legendFormat: legend }))
  }
}

const variable = (name: string, label: string, query: string): object => ({
  name,
  label,
  type: 'query',
  datasource,
  query: { query, refId: 'variable' },
  refresh: 2,
  includeAll: true,
  multi: true,
  allValue: '.*',
  current: { selected: true, text: 'All', value: '$__all' }
})

export function makeDashboard(): object {
  const panels: object[] = []
  let id = 1
  let y = 0
  for (const row of rows) {
    panels.push({
      id: id++,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { h: 1, w: 24, x: 0, y },
      panels: []
    })
    y += 1
    let x = 0
    for (const options of row.panels) {
      const width = options.width ?? 12
      if (x + width > 24) {
        x = 0
        y += gridHeight
      }
      panels.push(panelOf(options, id++, { h: gridHeight, w: width, x, y }))
      x += width
    }
    y += gridHeight
  }
  return {
    uid: 'wavefall',
    title: 'Wavefall',
    description: 'Streams, memory and use of a program for distributed acoustic sensing.',
    tags: ['wavefall', 'das'],
    editable: true,
    graphTooltip: 1,
    schemaVersion: 39,
    version: 1,
    refresh: '15s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'utc',
    templating: {
      list: [
        { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', current: {}, refresh: 1 },
        variable('instance', 'Core', 'label_values(wavefall_uptime_seconds, instance)'),
        variable('stream', 'Stream', 'label_values(wavefall_stream_rows_per_second, exported_job)')
      ]
    },
    annotations: {
      list: [
        {
          name: 'Memory was freed',
          datasource,
          enable: true,
          iconColor: 'blue',
          expr: 'changes(memory_cleanup_operations_total{instance=~"$instance"}[1m]) > 0',
          titleFormat: 'Memory was freed'
        }
      ]
    },
    panels
  }
}
