import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { CaptureSnapshot } from '../../../src-preload/contract/sessions.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { runningCaptures } from '../../stores/capturesStore.ts'
import { bytesText, durationClock, secondsText } from '../../widgets/format.ts'
import './captures.css'

const recordedS = ({ startNs, endNs }: CaptureSnapshot): number =>
  startNs === null || endNs === null ? 0 : Number(BigInt(endNs) - BigInt(startNs)) / 1e9

/** Where the disk fills before the operator can know, this many seconds ahead. */
const soonS = 600

function titleOf(capture: CaptureSnapshot): string {
  const { name, jobId, reason, gaps, lostBlocks, acknowledgedBlocks, blocks, warnings } = capture
  const counts = `${acknowledgedBlocks} of ${blocks} blocks are synced; ${gaps} gaps, ${lostBlocks} blocks lost.`
  return [`${name} (${jobId}): ${reason}`, counts, ...warnings].join('\n')
}

/** `● REC 00:12:31 · 6.7 GB · 212 GB free` in the strip, one for each capture of this core. */
export function CaptureStatus() {
  const { stores } = useWindow()
  const running = useStore(stores.captures, useShallow(runningCaptures))
  return running.map((capture) => {
    const { secondsLeft, freeBytes, warnings } = capture
    const isWarned = warnings.length > 0 || (secondsLeft !== null && secondsLeft < soonS)
    return (
      <span key={capture.id} className="capture-status" data-testid="capture-status" title={titleOf(capture)}>
        <span className="capture-dot" aria-hidden="true" />
        <strong>REC {durationClock(recordedS(capture))}</strong>
        <span>{bytesText(capture.bytes)}</span>
        {freeBytes !== null && (
          <span className={isWarned ? 'counter-warning' : ''}>
            <strong>{bytesText(freeBytes)}</strong> free
            {secondsLeft !== null && isWarned && `, ${secondsText(secondsLeft)} left`}
          </span>
        )}
        {capture.lostBlocks > 0 && (
          <span className="counter-bad">
            <strong>{capture.lostBlocks}</strong> lost
          </span>
        )}
      </span>
    )
  })
}
