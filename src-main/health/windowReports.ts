import type { ProcessHealth, WindowReport } from '../../src-preload/contract/health.ts'
import type { Clock } from '../clock.ts'
import type { ReadingStore } from './readingStore.ts'

/** What windows tell of themselves; one that says nothing any more is forgotten. */
export interface WindowReports {
  report(windowId: string, report: WindowReport): void
  collect(store: ReadingStore): ProcessHealth[]
}

const silentMs = 15_000
const windowsMax = 64
const quantiles = { p50: '0.5', p95: '0.95', p99: '0.99' } as const

export function createWindowReports(clock: Clock, drawn: (milliseconds: number) => void): WindowReports {
  const windows = new Map<string, { name: string; atMs: number; report: WindowReport; rows: number }>()
  let nextNumber = 1

  return {
    report(windowId, report) {
      const known = windows.get(windowId)
      if (!known && windows.size >= windowsMax) return
      const name = known?.name ?? `window ${nextNumber++}`
      windows.set(windowId, { name, atMs: clock.monotonicMs(), report, rows: (known?.rows ?? 0) + report.rowsDrawn })
      if (report.drawMs) for (const at of ['p50', 'p95'] as const) drawn(report.drawMs[at])
    },
    collect({ set }) {
      const processes: ProcessHealth[] = []
      for (const [id, { name, atMs, report, rows }] of windows) {
        if (clock.monotonicMs() - atMs > silentMs) {
          windows.delete(id)
          continue
        }
        const labels = { window: name }
        for (const at of ['p50', 'p95', 'p99'] as const) {
          if (report.frameMs)
            set('wavefall_window_frame_seconds', { ...labels, quantile: quantiles[at] }, report.frameMs[at] / 1000)
          if (report.drawMs)
            set('wavefall_window_draw_seconds', { ...labels, quantile: quantiles[at] }, report.drawMs[at] / 1000)
        }
        set('wavefall_window_frames_per_second', labels, report.framesPerS)
        set('wavefall_window_rows_total', labels, rows)
        set('wavefall_window_credit_frames', labels, report.creditFrames)
        if (report.heapUsedBytes !== null) set('wavefall_window_heap_used_bytes', labels, report.heapUsedBytes)
        if (report.textureBytes !== null) set('wavefall_window_texture_bytes', labels, report.textureBytes)
        processes.push({
          id: name,
          kind: 'window',
          label: report.label === '' ? name : `${name}: ${report.label}`,
          cpuPercent: null,
          rssBytes: null,
          vmsBytes: null,
          heapUsedBytes: report.heapUsedBytes,
          externalBytes: report.textureBytes,
          eventLoopMs: null,
          gc: null,
          handles: null,
          frameP95Ms: report.frameMs?.p95 ?? null,
          restarts: null
        })
      }
      return processes
    }
  }
}
