import type { Clock } from '../clock.ts'
import {
  CaptureWriter,
  type BeginOptions,
  type CaptureCounters,
  type CaptureWriterOptions
} from '../sessions/capture/captureWriter.ts'
import type { TapFactory } from './blockTap.ts'

export const captureTapKind = 'capture'

export type CaptureTapOptions = Omit<CaptureWriterOptions, 'clock'>

/** What main tells a capture on the thread that receives. */
export type CaptureTapCommand =
  { kind: 'begin'; call: number; options: BeginOptions } | { kind: 'close'; call: number; reason: string }

export type CaptureTapReport =
  | { kind: 'changed'; counters: CaptureCounters }
  /** While it runs, a few times a second. */
  | { kind: 'counters'; counters: CaptureCounters }
  | { kind: 'answer'; call: number; failure: string | null; counters: CaptureCounters }

const countersEveryMs = 200

/** Capture writers on the thread that receives: a block goes from the connection to the disk without seeing main. */
export function captureTapFactory(clock: Clock): TapFactory {
  return (options, context) => {
    const report = (message: CaptureTapReport): void => context.report(message)
    const writer = new CaptureWriter(
      { ...(options as CaptureTapOptions), clock },
      {
        changed: () => report({ kind: 'changed', counters: writer.counters() }),
        drained: context.drained
      }
    )
    let reported = ''
    const stop = clock.every(countersEveryMs, () => {
      const counters = writer.counters()
      const key = `${counters.blocks} ${counters.acknowledgedBlocks} ${counters.gaps} ${counters.queuedBytes}`
      if (key === reported) return
      reported = key
      report({ kind: 'counters', counters })
    })

    async function answer(call: number, action: Promise<void>): Promise<void> {
      const failure = await action.then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : String(error))
      )
      report({ kind: 'answer', call, failure, counters: writer.counters() })
    }

    return {
      offer: (offer) => writer.offer(offer),
      push: (block) => writer.push(block),
      gap: (gap) => writer.gap(gap),
      tell(message) {
        const command = message as CaptureTapCommand
        if (command.kind === 'begin') void answer(command.call, writer.begin(command.options))
        else void answer(command.call, writer.close(command.reason))
      },
      dispose: stop
    }
  }
}
