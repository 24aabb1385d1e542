/** What can be read: its name for Prometheus in base units, and what it means. */
export interface ReadingKind {
  name: string
  help: string
  /** As shown: `bytes`, `seconds`, `percent`, `rows/s`; empty for a pure number. */
  unit: string
  type: 'gauge' | 'counter' | 'histogram'
  labels: readonly string[]
}

export interface Reading {
  name: string
  labels: Record<string, string>
  value: number
  atMs: number
}

export interface ReadingPoint {
  atMs: number
  value: number
}

/** What the parts of health, the HTTP API and the rules of alerts read. UTC milliseconds throughout. */
export interface Readings {
  kinds(): ReadingKind[]
  /** Every series with its newest value. A histogram gives `…_count` and `…_sum`. */
  current(): Reading[]
  /** Sum over the series that match (partial labels); null where there is none. */
  value(name: string, labels?: Record<string, string>): number | null
  /** Of every matching series: what was recorded in [fromMs, toMs]. */
  history(
    name: string,
    labels: Record<string, string>,
    fromMs: number,
    toMs: number
  ): { labels: Record<string, string>; points: ReadingPoint[] }[]
  /** Called after each collection (about once a second). Returns what ends it. */
  onRecord(listener: (atMs: number) => void): () => void
}

export type RaisedSeverity = 'info' | 'warning' | 'critical' | 'emergency'

/** What a part of health has found: raised again and again it stays one alert, and `resolve` ends it. */
export interface Finding {
  /** Stable: `memory-level`, `memory-leak`, `forecast-disk`, `monitoring-silent` … One alert for a rule and component. */
  ruleId: string
  component: string
  severity: RaisedSeverity
  title: string
  description: string
  value: number | null
  threshold: number | null
  /** A forecast is marked as one. */
  isForecast?: boolean
  jobId?: string | null
}

/** Where findings go: the alerts. */
export interface FindingSink {
  raise(finding: Finding): void
  resolve(ruleId: string, component: string): void
}
