import { useEffect, useRef, useState } from 'react'
import 'uplot/dist/uPlot.min.css'
import { useStore } from 'zustand'
import type { DrawnThreshold, ReadingReference } from '../../../src-preload/contract/health.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { HealthChart, healthChartTheme } from '../../render/healthChart.ts'
import { glanceText, whenText } from './healthText.ts'

const pointsOf = { full: 800, small: 120 } as const
/** A record is made every 45 s, but the newest value is drawn too. */
const againMs = 2000

/** One reading over the time that the page shows. */
export function ReadingChart({
  reading,
  factor = 1,
  thresholds = null,
  isFull
}: {
  reading: ReadingReference
  factor?: number
  /** In the unit that is shown; null: those that come with the history. */
  thresholds?: readonly DrawnThreshold[] | null
  isFull: boolean
}) {
  const { stores, clock } = useWindow()
  const { health } = stores
  const element = useRef<HTMLDivElement>(null)
  const [pointed, setPointed] = useState<{ atMs: number; values: (number | null)[] } | null>(null)
  const [names, setNames] = useState<string[]>([])
  const [isEmpty, setEmpty] = useState(false)
  const span = useStore(health, (model) => model.spanMinutes)
  const zoom = useStore(health, (model) => model.zoom)
  const key = JSON.stringify(reading)
  const drawn = thresholds === null ? null : JSON.stringify(thresholds)

  useEffect(() => {
    const host = element.current
    if (!host) return
    const asked = JSON.parse(key) as ReadingReference
    const chart = new HealthChart(host, {
      isFull,
      theme: () => healthChartTheme(host),
      painted(ms, points) {
        host.dataset.paintMs = ms.toFixed(1)
        host.dataset.points = String(points)
        host.dataset.drawn = String(Number(host.dataset.drawn ?? 0) + 1)
      },
      ...(isFull ? { pointed: setPointed } : {})
    })
    let isGone = false
    const load = async (): Promise<void> => {
      if (document.hidden) return
      const found = await health.history(asked, isFull ? pointsOf.full : pointsOf.small)
      if (isGone || !found) return
      const scaled = found.series.map(({ labels, points }) => ({
        labels,
        points: points.map(({ atMs, min, mean, max }) => ({
          atMs,
          min: min * factor,
          mean: mean * factor,
          max: max * factor
        }))
      }))
      const { range } = health.getState()
      const times = scaled.flatMap(({ points }) => points.map(({ atMs }) => atMs))
      const toMs = Math.max(range.toMs, ...times.slice(-1))
      chart.show(
        scaled,
        drawn === null ? found.thresholds : (JSON.parse(drawn) as DrawnThreshold[]),
        Math.min(range.fromMs, toMs - 1000),
        toMs
      )
      setEmpty(times.length === 0)
      setNames(scaled.map(({ labels }) => Object.values(labels).join(' ')))
    }
    void load()
    const timer = setInterval(() => void load(), againMs)
    const observer = new MutationObserver(() => chart.themeChanged())
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => {
      isGone = true
      clearInterval(timer)
      observer.disconnect()
      chart.dispose()
    }
  }, [health, key, drawn, factor, isFull, span, zoom])

  return (
    <>
      <div className="health-chart-frame">
        <div
          ref={element}
          className={isFull ? 'health-chart' : 'health-spark'}
          data-testid="health-chart"
          role="img"
          aria-label={`${reading.name} over time`}
        />
        {isEmpty && <span className="empty health-nothing">Nothing was recorded in this time.</span>}
      </div>
      {isFull && (
        <p className="health-quiet" aria-live="off">
          {pointed
            ? `${whenText(pointed.atMs, clock.nowMs())} UTC: ${pointed.values
                .map((value, k) => `${names[k] ? `${names[k]} ` : ''}${value === null ? 'nothing' : glanceText(value)}`)
                .join(' · ')}`
            : 'Point at a chart: all of them show the same time.'}
        </p>
      )}
    </>
  )
}
