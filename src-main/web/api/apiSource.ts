import type { HealthStatus } from '../../../src-preload/contract/health.ts'
import type { Result } from '../../../src-preload/contract/errors.ts'
import type { Readings } from '../../health/readings.ts'

/** An alert as the API tells it. */
export interface ApiAlert {
  id: string
  title: string
  description: string
  component: string
  severity: 'info' | 'warning' | 'critical' | 'emergency'
  status: 'active' | 'acknowledged' | 'resolved' | 'silenced'
  createdAtMs: number
  resolvedAtMs: number | null
}

export interface FreedMemory {
  beforeMb: number
  afterMb: number
  freedMb: number
  /** What was done, one sentence each. */
  steps: string[]
  succeeded: boolean
}

/** What the core's health gives the network. */
export interface ApiSource {
  readonly readings: Readings
  /** In the text form of Prometheus. */
  metrics(): Promise<string>
  status(): HealthStatus | null
  act(action: 'gc' | 'free memory' | 'free memory thoroughly'): Promise<Result<FreedMemory>>
  /** The newest first; `sinceMs`: that began or changed since then. */
  alerts(filter: { sinceMs?: number; severity?: string; status?: string }): Promise<ApiAlert[]>
  /** Every answer of the API is a reading itself. */
  observe(seconds: number, failed: boolean): void
}

/** What the core's health is to the network: the readings and what answers them. */
export interface HealthPart {
  readonly readings: Readings
  metrics(): Promise<string>
  status(): HealthStatus | null
  /** An answer of the API, as one of the services whose answers are watched. */
  observeResponse(service: 'api', seconds: number, failed: boolean): void
}
