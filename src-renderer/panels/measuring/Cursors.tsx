import { useStore } from 'zustand'
import { differenceOf } from '../../render/measure/apparentVelocity.ts'
import type { CursorMark, MeasureStore } from '../../stores/measureStore.ts'
import { plainNumber, integerText } from '../../widgets/format.ts'
import {
  cursorText,
  deltaHertzText,
  deltaTimeText,
  differenceText,
  isDecibels,
  repeatText,
  velocityText
} from './measureText.ts'

const pointOf = (mark: CursorMark) => ({ ...mark, timeNs: BigInt(mark.timeNs) })

function Differences({ first, second }: { first: CursorMark; second: CursorMark }) {
  const difference = differenceOf(pointOf(first), pointOf(second))
  const { deltaTimeNs, repeatHz, deltaHz, deltaChannels, deltaDistanceM, deltaValue } = difference
  const isWaterfall = first.pane === 'waterfall' && second.pane === 'waterfall'
  const isTrace = first.pane === 'trace' || second.pane === 'trace'
  const isOneSpectrum = first.pane === 'spectrum' && second.pane === 'spectrum' && deltaTimeNs === 0n
  const { unit } = second
  return (
    <>
      {!isOneSpectrum && (
        <>
          <dt>Δt</dt>
          <dd data-testid="cursor-dt">{deltaTimeText(deltaTimeNs)}</dd>
        </>
      )}
      {isTrace && (
        <>
          <dt>1/Δt</dt>
          <dd data-testid="cursor-repeat" title="Frequency of what repeats from one cursor to the other">
            {repeatHz === null ? 'at one time' : repeatText(repeatHz)}
          </dd>
        </>
      )}
      {deltaHz !== null && (
        <>
          <dt>Δf</dt>
          <dd data-testid="cursor-df">{deltaHertzText(deltaHz)}</dd>
        </>
      )}
      {(isWaterfall || deltaChannels !== 0) && (
        <>
          <dt>Δx</dt>
          <dd data-testid="cursor-dx">
            {deltaDistanceM === null ? '' : `${plainNumber(deltaDistanceM)} m · `}
            {integerText(deltaChannels)} ch
          </dd>
          <dt>velocity</dt>
          <dd data-testid="cursor-velocity">{velocityText(difference.velocityMps)}</dd>
        </>
      )}
      <dt>{isDecibels(unit) ? 'ΔdB' : 'Δvalue'}</dt>
      <dd data-testid={isDecibels(unit) ? 'cursor-db' : 'cursor-dvalue'}>
        {deltaValue !== null
          ? differenceText(deltaValue, unit)
          : first.unit === unit
            ? 'no value'
            : 'of different quantities'}
      </dd>
    </>
  )
}

/** Where the two cursors stand, and what lies between them. */
export function Cursors({ measure }: { measure: MeasureStore }) {
  const first = useStore(measure, (model) => model.first)
  const second = useStore(measure, (model) => model.second)
  if (!first) return <p className="empty">Press C, then drag from one place to another (or click twice).</p>
  return (
    <dl className="facts">
      <dt>A</dt>
      <dd data-testid="cursor-a">{cursorText(first)}</dd>
      {second && (
        <>
          <dt>B</dt>
          <dd data-testid="cursor-b">{cursorText(second)}</dd>
          <Differences first={first} second={second} />
        </>
      )}
    </dl>
  )
}
