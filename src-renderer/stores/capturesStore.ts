import { createStore, type StoreApi } from 'zustand/vanilla'
import type { CaptureSnapshot } from '../../src-preload/contract/sessions.ts'

export interface CapturesModel {
  captures: CaptureSnapshot[]
}

export type CapturesStore = StoreApi<CapturesModel>

export const createCapturesStore = (): CapturesStore => createStore<CapturesModel>(() => ({ captures: [] }))

const isOnDisk = ({ state }: CaptureSnapshot): boolean =>
  state === 'starting' || state === 'recording' || state === 'closing'

/** The capture that writes a job to the disk now. */
export const runningCapture = ({ captures }: CapturesModel, jobId: string | null): CaptureSnapshot | null =>
  captures.find((capture) => capture.jobId === jobId && isOnDisk(capture)) ?? null

/** Keeps the newest seconds of a job in memory. */
export const armedCapture = ({ captures }: CapturesModel, jobId: string | null): CaptureSnapshot | null =>
  captures.find((capture) => capture.jobId === jobId && capture.state === 'armed') ?? null

export const runningCaptures = ({ captures }: CapturesModel): CaptureSnapshot[] => captures.filter(isOnDisk)
