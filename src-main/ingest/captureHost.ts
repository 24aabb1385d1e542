import type { CaptureHost } from '../sessions/capture/captureHost.ts'
import type { CaptureCounters } from '../sessions/capture/captureWriter.ts'
import { captureTapKind, type CaptureTapCommand, type CaptureTapReport } from './captureTap.ts'
import type { IngestTap, TapListener } from './ingestHost.ts'

/** Before the first report of the thread. */
const noCounters = (): CaptureCounters => ({
  phase: 'armed',
  reason: 'It is being prepared.',
  folder: null,
  folders: [],
  startNs: null,
  endNs: null,
  channelCount: 0,
  sampleIntervalNs: null,
  blocks: 0,
  samples: 0,
  gaps: 0,
  gapNs: 0n,
  lostBlocks: 0,
  acknowledgedBlocks: 0,
  acknowledgedSamples: 0,
  diskBytes: 0,
  writtenBytes: 0,
  queuedBytes: 0,
  capacityBytes: 0,
  queueAgeMs: 0,
  slowestCommitMs: 0,
  pauses: 0,
  segments: 0,
  removedSegments: 0
})

/** Captures whose writers run where the streams run. */
export function createCaptureHost(
  addTap: (jobId: string, kind: string, options: unknown, listener: TapListener) => IngestTap | null
): CaptureHost {
  return {
    attach(jobId, options, changed) {
      const calls = new Map<number, (failure: string | null) => void>()
      let counters = noCounters()
      let nextCall = 1
      let lostReason: string | null = null
      let isDetached = false

      /** Its last answers still come: a capture is detached when it says that it is closed, before `close` is answered. */
      const removeWhenAnswered = (): void => {
        if (isDetached && calls.size === 0) tap?.remove()
      }

      const listener: TapListener = {
        message(message) {
          const report = message as CaptureTapReport
          counters = report.counters
          if (report.kind === 'changed') return changed()
          if (report.kind === 'answer') {
            calls.get(report.call)?.(report.failure)
            calls.delete(report.call)
            removeWhenAnswered()
          }
        },
        lost(reason) {
          lostReason = `The thread that received and wrote it was lost: ${reason}. What was written stays.`
          if (counters.phase !== 'closed') counters = { ...counters, phase: 'failed', reason: lostReason }
          for (const settle of [...calls.values()]) settle(lostReason)
          calls.clear()
          changed()
        }
      }
      const tap = addTap(jobId, captureTapKind, options, listener)
      if (!tap) return null

      const ask = async (make: (call: number) => CaptureTapCommand): Promise<string | null> => {
        if (lostReason !== null) return lostReason
        const call = nextCall++
        const answered = new Promise<string | null>((resolve) => calls.set(call, resolve))
        tap.tell(make(call))
        return answered
      }

      return {
        counters: () => counters,
        async begin(begin) {
          const failure = await ask((call) => ({ kind: 'begin', call, options: begin }))
          if (failure !== null) throw new Error(failure)
        },
        // What went wrong stands in its counters.
        close: async (reason) => void (await ask((call) => ({ kind: 'close', call, reason }))),
        detach() {
          isDetached = true
          tap.moveTo(null)
          removeWhenAnswered()
        }
      }
    }
  }
}
