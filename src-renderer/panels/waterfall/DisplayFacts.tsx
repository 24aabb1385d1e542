import { useStore } from 'zustand'
import { durationText } from '../../../src-preload/contract/drawing/ticks.ts'
import { useTile } from '../../layout/tileContext.ts'
import { bytesText } from '../../widgets/format.ts'

/** What is kept of the rows, and what it takes. */
export function DisplayFacts() {
  const tile = useTile()
  const { ringBytes, historyBytes, keptMs, coreBytes, coreBytesMost } = useStore(tile.progress)
  return (
    <dl className="facts display-facts" data-testid="display-facts">
      <dt>This window</dt>
      <dd>
        {bytesText(ringBytes)} of newest rows
        {historyBytes > 0 && `, ${bytesText(historyBytes)} of older ones`}
      </dd>
      <dt>History</dt>
      <dd>
        {keptMs > 0
          ? `${durationText(keptMs)} kept, ${bytesText(coreBytes)} of ${bytesText(coreBytesMost)}`
          : 'none beyond this window'}
      </dd>
    </dl>
  )
}
