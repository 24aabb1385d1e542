import { useState } from 'react'
import { useStore } from 'zustand'
import { annotationColours, type Annotation } from '../../../src-preload/contract/annotations.ts'
import { extentOf } from '../../../src-preload/contract/annotationExchange.ts'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { millisecondsFromNanoseconds, nanosecondsFromMilliseconds } from '../../../src-preload/contract/units.ts'
import { useWindow } from '../../layout/windowContext.ts'
import type { TileStores } from '../../stores/viewStore.ts'
import { clockOf, dateTimeOf, plainNumber, secondsText } from '../../widgets/format.ts'

const shapes = { point: '●', box: '■', line: '╱' } as const
const kindWords = { point: 'Point', box: 'Box', line: 'Line' } as const

/** What a jump shows around a mark: so many times its own length, at least some seconds and channels. */
const aroundFactor = 3
const leastAroundMs = 4000

function factsOf(mark: Annotation): string {
  const { startNs, endNs, channelFrom, channelTo } = extentOf(mark.points)
  const length = Number(endNs - startNs) / 1e9
  const channels =
    channelFrom === channelTo
      ? `channel ${plainNumber(Math.round(channelFrom))}`
      : `channels ${plainNumber(Math.round(channelFrom))}–${plainNumber(Math.round(channelTo))}`
  const { measured, band } = mark
  const velocity =
    measured &&
    `${plainNumber(measured.velocityMps)} m/s${measured.rSquared === null ? '' : ` · R² ${measured.rSquared.toFixed(3)}`}`
  const frequencies = band && `${plainNumber(band.lowHz)}–${plainNumber(band.highHz)} Hz`
  return [channels, length > 0 && secondsText(length), frequencies, velocity].filter(Boolean).join(' · ')
}

function jumpTo(tile: TileStores, mark: Annotation): void {
  const { startNs, endNs } = extentOf(mark.points)
  const startMs = millisecondsFromNanoseconds(startNs)
  const endMs = millisecondsFromNanoseconds(endNs)
  const around = Math.max(leastAroundMs, (endMs - startMs) * aroundFactor) / 2
  const middle = (startMs + endMs) / 2
  const { tile: view } = tile.actions.getState()
  view?.showRange({ startMs: middle - around, endMs: middle + around, isFollowing: false })
  if (mark.band) view?.showBand?.(mark.band.lowHz, mark.band.highHz)
}

function Editor({
  mark,
  onChange,
  onDone
}: {
  mark: Annotation
  onChange(change: Partial<Annotation>): void
  onDone(): void
}) {
  const [label, setLabel] = useState(mark.label)
  const [note, setNote] = useState(mark.note)
  const [colour, setColour] = useState(mark.colour)
  return (
    <form
      className="annotation-editor"
      onSubmit={(event) => {
        event.preventDefault()
        onChange({ label, note, colour })
        onDone()
      }}
    >
      <input
        aria-label="Label"
        data-testid="annotation-label"
        maxLength={200}
        value={label}
        placeholder="Label"
        autoFocus
        onChange={(event) => setLabel(event.target.value)}
      />
      <textarea
        aria-label="Note"
        data-testid="annotation-note"
        maxLength={10_000}
        rows={2}
        value={note}
        placeholder="Note"
        onChange={(event) => setNote(event.target.value)}
      />
      <div className="annotation-colours" role="radiogroup" aria-label="Colour">
        {annotationColours.map((one) => (
          <button
            key={one}
            type="button"
            role="radio"
            aria-checked={one === colour}
            aria-label={one}
            className={`annotation-colour mark-${one}`}
            onClick={() => setColour(one)}
          />
        ))}
      </div>
      <div className="annotation-buttons">
        <button type="submit" className="small-button" data-testid="annotation-save">
          Save
        </button>
        <button type="button" className="small-button" onClick={onDone}>
          Leave
        </button>
      </div>
    </form>
  )
}

/** One mark: where it is, what it is called; a click shows it in the picture. */
export function AnnotationEntry({ job, tile, mark }: { job: JobSnapshot; tile: TileStores; mark: Annotation }) {
  const { stores, clock } = useWindow()
  const { annotations } = stores
  const isSelected = useStore(annotations, ({ selectedId }) => selectedId === mark.id)
  const [isEdited, setEdited] = useState(false)
  const startNs = extentOf(mark.points).startNs.toString()
  return (
    <li className={`entry annotation ${isSelected ? 'annotation-selected' : ''}`} data-testid={`annotation-${mark.id}`}>
      <button
        type="button"
        className="annotation-head"
        aria-pressed={isSelected}
        title={`${dateTimeOf(startNs)} UTC: show it in the picture`}
        onClick={() => {
          annotations.setState({ selectedId: mark.id })
          jumpTo(tile, mark)
        }}
      >
        <span className={`annotation-shape mark-${mark.colour}`} role="img" aria-label={kindWords[mark.kind]}>
          {shapes[mark.kind]}
        </span>
        <strong>{mark.label || kindWords[mark.kind]}</strong>
        <span className="annotation-time">{clockOf(startNs)}</span>
      </button>
      <span className="annotation-facts">{factsOf(mark)}</span>
      {mark.note && !isEdited && <p className="annotation-note">{mark.note}</p>}
      {isEdited ? (
        <Editor
          mark={mark}
          onDone={() => setEdited(false)}
          onChange={(change) => {
            const changedAtNs = nanosecondsFromMilliseconds(clock.nowMs()).toString()
            void annotations.put(job.id, [{ ...mark, ...change, changedAtNs }])
          }}
        />
      ) : (
        isSelected && (
          <div className="annotation-buttons">
            <button
              type="button"
              className="small-button"
              data-testid="annotation-edit"
              onClick={() => setEdited(true)}
            >
              Edit
            </button>
            <button
              type="button"
              className="small-button"
              data-testid="annotation-remove"
              onClick={() => void annotations.remove(job.id, [mark.id])}
            >
              Remove
            </button>
          </div>
        )
      )}
    </li>
  )
}
