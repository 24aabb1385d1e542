import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { describe, expect, it } from 'vitest'
import { gridHeight, makeDashboard } from '../../support/monitoring/makeDashboard.ts'

const file = fileURLToPath(new URL('../../../resources/grafana/wavefall-dashboard.json', import.meta.url))

interface Panel {
  id: number
  type: string
  title: string
  gridPos: { h: number; w: number; x: number; y: number }
  targets?: { expr: string; refId: string; datasource: { uid: string } }[]
  fieldConfig?: { defaults: { thresholds: { steps: { value: number | null }[] } } }
}
interface Dashboard {
  schemaVersion: number
  panels: Panel[]
  templating: { list: { name: string }[] }
}
const read = (): Dashboard => JSON.parse(readFileSync(file, 'utf8')) as Dashboard

describe('the Grafana dashboard in resources', () => {
  it('is what its script makes: "vitest run tests/unit/web/dashboard.test.ts -u" writes it anew', async () => {
    const text = await format(JSON.stringify(makeDashboard()), { ...(await resolveConfig(file)), filepath: file })
    await expect(text).toMatchFileSnapshot(file)
  })

  it('has the rows, each with panels', () => {
    const { panels } = read()
    const rows = panels.flatMap(({ type, title }) => (type === 'row' ? [title] : []))
    expect(rows).toEqual(['Overview', 'Memory', 'Streams and analysis', 'Use'])
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  })

  it('lays its panels out side by side, none over another', () => {
    const taken = new Set<string>()
    for (const { gridPos, type } of read().panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
      expect(gridPos.h).toBe(type === 'row' ? 1 : gridHeight)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x} ${y}`)).toBe(false)
          taken.add(`${x} ${y}`)
        }
    }
  })

  it('asks only sources and variables that it declares, and thresholds begin without a value', () => {
    const { panels, templating } = read()
    const known = new Set([...templating.list.map(({ name }) => name), '__rate_interval', '__range'])
    for (const { targets = [], fieldConfig } of panels) {
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length)
      for (const { expr, datasource } of targets) {
        expect(datasource.uid).toBe('${datasource}')
        for (const [, name] of expr.matchAll(/\$(\w+)/g)) expect(known.has(name!), name).toBe(true)
      }
      const steps = fieldConfig?.defaults.thresholds.steps.map(({ value }) => value) ?? [null]
      expect(steps[0]).toBeNull()
      expect(steps.slice(1)).toEqual([...steps.slice(1)].sort((a, b) => a! - b!))
    }
  })
})
