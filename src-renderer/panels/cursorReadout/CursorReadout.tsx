import { useStore } from 'zustand'
import { useActiveTile } from '../../layout/tileContext.ts'
import { useCalmStore } from '../../layout/useCalmStore.ts'
import type { TileStores } from '../../stores/viewStore.ts'

/** What is under the cursor, in full: nine decimals of time, channel, distance, value and unit. */
export function CursorReadout() {
  const tile = useActiveTile()
  return tile ? <Reading tile={tile} /> : null
}

function Reading({ tile }: { tile: TileStores }) {
  // When it comes and goes what lies below moves: at once, not later under a click.
  useStore(tile.cursor, (cursor) => cursor.reading === null)
  const reading = useCalmStore(tile.cursor, (cursor) => cursor.reading)
  return (
    <section className="inspector-section" aria-label="Cursor" data-testid="cursor-readout">
      <h2>Cursor</h2>
      {reading ? (
        <dl className="facts">
          <dt>Time</dt>
          <dd>{reading.timeIso.slice(11, 26)} UTC</dd>
          <dt>Date</dt>
          <dd>{reading.timeIso.slice(0, 10)}</dd>
          <dt>When</dt>
          <dd>{reading.relative}</dd>
          <dt>Channel</dt>
          <dd>{reading.channel}</dd>
          <dt>Distance</dt>
          <dd>{reading.distance ?? 'not known'}</dd>
          {reading.frequency && (
            <>
              <dt>Frequency</dt>
              <dd data-testid="cursor-frequency">{reading.frequency}</dd>
            </>
          )}
          <dt>Value</dt>
          <dd>{reading.hasValue ? `${reading.value} ${reading.unit}` : reading.value}</dd>
        </dl>
      ) : (
        <p className="empty">Point at the picture to read time, channel, distance and value.</p>
      )}
    </section>
  )
}
