import type { JobState } from '../../src-preload/contract/schemas.ts'

export type StateTone = 'good' | 'warning' | 'bad' | 'quiet'

/** Word and tone of a state; the shape beside it goes with the tone, so that colour is never alone. */
export const jobStateLook: Record<JobState, { word: string; tone: StateTone }> = {
  queued: { word: 'Queued', tone: 'warning' },
  starting: { word: 'Starting', tone: 'quiet' },
  streaming: { word: 'Streaming', tone: 'good' },
  stalled: { word: 'Stalled', tone: 'warning' },
  reconnecting: { word: 'Reconnecting', tone: 'warning' },
  completed: { word: 'Completed', tone: 'quiet' },
  cancelled: { word: 'Cancelled', tone: 'quiet' },
  failed: { word: 'Failed', tone: 'bad' }
}

export const isEnded = (state: JobState): boolean =>
  state === 'completed' || state === 'cancelled' || state === 'failed'
