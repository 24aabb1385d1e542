import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { useStore } from 'zustand'
import type { Annotation } from '../../../src-preload/contract/annotations.ts'
import { extentOf } from '../../../src-preload/contract/annotationExchange.ts'
import { colourMapFromName } from '../../../src-preload/contract/drawing/colourMaps.ts'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { useIsTileShown, useTile } from '../../layout/tileContext.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { loudestAt, overviewPictureFrom } from '../../render/overviewPicture.ts'
import { OverviewStrip, type StripMark } from '../../render/overviewStrip.ts'
import { tileThemeFrom } from '../../render/tileTheme.ts'
import { overviewKey, type OverviewState, type OverviewSubject } from '../../stores/overviewStore.ts'
import { playedRecording, type PlaybackRange } from '../../stores/playbackActions.ts'
import { dateTimeOf, secondsText, shortNumber } from '../../widgets/format.ts'

const noMarks: readonly Annotation[] = []
/** Parts of the recording that a key of the slider goes. */
const keyPart = 0.01
const pageKeyPart = 0.1
/** A mark this near to the pointer is named, CSS pixels. */
const nearPixels = 4

function useOverview(job: JobSnapshot): { subject: OverviewSubject | null; state: OverviewState | null } {
  const { stores } = useWindow()
  const isShown = useIsTileShown()
  const recording = useStore(stores.core, ({ recordings }) => playedRecording(job, recordings))
  const { band } = job.request
  const range = job.playback?.range ?? null
  const key = recording === null || !range ? null : overviewKey({ recording, range, band })
  // Snapshots come anew four times a second; what is asked for stays the same.
  const subject = useMemo(
    () => (key === null || recording === null || !range ? null : { recording, range, band }),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [key]
  )
  const state = useStore(stores.overviews, ({ states }) => (key === null ? null : (states.get(key) ?? null)))
  useEffect(() => {
    if (subject && isShown) stores.overviews.want(subject)
  }, [stores, subject, isShown])
  return { subject, state }
}

function useMarks(job: JobSnapshot): readonly Annotation[] {
  const { stores } = useWindow()
  useEffect(() => stores.annotations.follow(job.id), [stores, job.id])
  return useStore(stores.annotations, ({ lists }) => lists.get(job.id)?.annotations ?? noMarks)
}

const colourOf = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--mark-${name}`).trim()

/** The strip itself; drawn again when its size, its content or the colours change. */
function StripCanvas({
  job,
  range,
  state,
  marks
}: {
  job: JobSnapshot
  range: PlaybackRange
  state: OverviewState | null
  marks: readonly Annotation[]
}) {
  const { stores } = useWindow()
  const tile = useTile()
  const canvas = useRef<HTMLCanvasElement>(null)
  const own = useStore(tile.display, (display) => display.colourMap)
  const windows = useStore(stores.core, ({ settings }) => settings?.display.colourMap ?? '')
  const selectedId = useStore(stores.annotations, (annotations) => annotations.selectedId)
  const colourMap = own ?? windows
  const overview = state?.kind === 'ready' ? state.overview : null
  const picture = useMemo(() => overview && overviewPictureFrom(overview), [overview])
  const [startNs, endNs] = [String(range.startNs), String(range.endNs)]
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const strip = new OverviewStrip()
    const { rgba } = colourMapFromName(colourMap)
    const draw = (): void => {
      const theme = tileThemeFrom(element)
      const drawn = marks.map((mark): StripMark => ({
        ...extentOf(mark.points),
        colour: colourOf(mark.colour),
        isSelected: mark.id === selectedId
      }))
      strip.draw(element, {
        ...{ startNs: BigInt(startNs), endNs: BigInt(endNs), picture, colourMap: rgba, marks: drawn },
        ...{ colours: theme.picture, ground: theme.ground, plain: theme.line }
      })
    }
    const resized = new ResizeObserver(draw)
    resized.observe(element)
    const themed = new MutationObserver(draw)
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    draw()
    return () => {
      resized.disconnect()
      themed.disconnect()
    }
  }, [startNs, endNs, picture, colourMap, marks, selectedId, job.id])
  return (
    <canvas
      ref={canvas}
      className="overview-canvas"
      data-not-in-picture
      aria-hidden="true"
      data-testid="overview-canvas"
      data-state={state?.kind ?? 'none'}
      data-gaps={picture?.gaps.length ?? 0}
      data-marks={marks.length}
    />
  )
}

/** Why there is no picture yet, over the strip; what is asked of it. */
function OverviewWord({ subject, state }: { subject: OverviewSubject | null; state: OverviewState | null }) {
  const { stores } = useWindow()
  if (!subject || !state || state.kind === 'ready' || (state.kind === 'none' && state.isFinal)) return null
  return state.kind === 'making' ? (
    <span className="overview-word" role="status" data-testid="overview-progress">
      overview {Math.floor(state.fraction * 100)} %
      <button
        type="button"
        className="link-button"
        data-testid="overview-cancel"
        onClick={() => stores.overviews.cancel(subject)}
      >
        Cancel
      </button>
    </span>
  ) : (
    <span className="overview-word" title={state.reason} data-testid="overview-missing">
      no overview
      <button
        type="button"
        className="link-button"
        data-testid="overview-again"
        onClick={() => stores.overviews.askAgain(subject)}
      >
        Make it
      </button>
    </span>
  )
}

/** The whole recording: where playback is, what was marked, where nothing was recorded. A click or a drag goes there. */
export function OverviewBar({
  job,
  range,
  atNs,
  onSeek,
  onLoop
}: {
  job: JobSnapshot
  range: PlaybackRange
  atNs: bigint
  onSeek: (toNs: bigint) => void
  /** Drawn with Shift held. */
  onLoop: (loop: { startNs: bigint; endNs: bigint }) => void
}) {
  const { subject, state } = useOverview(job)
  const marks = useMarks(job)
  const bar = useRef<HTMLDivElement>(null)
  /** Where the pointer is, as a part of the time; `reach`: how near a mark must be to be named. */
  const [pointer, setPointer] = useState<{ part: number; reach: number } | null>(null)
  const [drawn, setDrawn] = useState<{ from: number; to: number } | null>(null)
  const isDragging = useRef(false)
  const picture = useMemo(() => (state?.kind === 'ready' ? overviewPictureFrom(state.overview) : null), [state])
  const lengthNs = Number(range.endNs - range.startNs)
  const partOf = (ns: bigint): number => Math.min(1, Math.max(0, Number(ns - range.startNs) / lengthNs))
  const timeAt = (part: number): bigint => range.startNs + BigInt(Math.round(part * lengthNs))
  const partAt = (clientX: number): number => {
    const box = bar.current!.getBoundingClientRect()
    return Math.min(1, Math.max(0, (clientX - box.left) / Math.max(1, box.width)))
  }

  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return
    bar.current!.setPointerCapture(event.pointerId)
    isDragging.current = true
    const part = partAt(event.clientX)
    if (event.shiftKey) setDrawn({ from: part, to: part })
    else onSeek(timeAt(part))
  }
  const move = (event: PointerEvent): void => {
    const part = partAt(event.clientX)
    setPointer({ part, reach: nearPixels / Math.max(1, bar.current!.clientWidth) })
    if (!isDragging.current) return
    if (drawn) setDrawn({ ...drawn, to: part })
    else onSeek(timeAt(part))
  }
  const up = (): void => {
    if (drawn && drawn.from !== drawn.to) {
      const [first, last] = [Math.min(drawn.from, drawn.to), Math.max(drawn.from, drawn.to)]
      onLoop({ startNs: timeAt(first), endNs: timeAt(last) })
    }
    setDrawn(null)
    isDragging.current = false
  }
  const pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const far = event.shiftKey ? pageKeyPart : keyPart
    const parts: Record<string, number> = {
      ...{ ArrowLeft: -far, ArrowDown: -far, ArrowRight: far, ArrowUp: far },
      ...{ PageDown: -pageKeyPart, PageUp: pageKeyPart }
    }
    const by = parts[event.key]
    if (by === undefined && event.key !== 'Home' && event.key !== 'End') return
    event.preventDefault()
    if (event.key === 'Home') onSeek(range.startNs)
    else if (event.key === 'End') onSeek(range.endNs)
    else onSeek(atNs + BigInt(Math.round(by! * lengthNs)))
  }

  const left = (part: number): string => `${(100 * part).toFixed(3)}%`
  const loop = drawn
    ? { from: Math.min(drawn.from, drawn.to), to: Math.max(drawn.from, drawn.to) }
    : job.playback?.loop && {
        from: partOf(BigInt(job.playback.loop.startNs)),
        to: partOf(BigInt(job.playback.loop.endNs))
      }
  const near =
    pointer &&
    marks.find(({ points }) => {
      const extent = extentOf(points)
      return (
        pointer.part >= partOf(extent.startNs) - pointer.reach && pointer.part <= partOf(extent.endNs) + pointer.reach
      )
    })
  const level = pointer && picture ? loudestAt(picture, pointer.part) : null
  return (
    <div
      className="overview"
      title={state?.kind === 'none' ? `No picture of the whole recording: ${state.reason}` : undefined}
      data-testid="overview"
    >
      <div
        ref={bar}
        className="overview-bar"
        role="slider"
        tabIndex={0}
        aria-label="Time in the recording"
        aria-valuemin={0}
        aria-valuemax={lengthNs / 1e9}
        aria-valuenow={Number(atNs - range.startNs) / 1e9}
        aria-valuetext={`${dateTimeOf(String(atNs))} UTC, ${secondsText(Number(atNs - range.startNs) / 1e9)} of ${secondsText(lengthNs / 1e9)}`}
        data-testid="transport-slider"
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={up}
        onPointerLeave={() => setPointer(null)}
        onKeyDown={pressed}
      >
        <StripCanvas job={job} range={range} state={state} marks={marks} />
        {loop && (
          <div
            className="overview-loop"
            data-testid="overview-loop"
            style={{ left: left(loop.from), width: left(loop.to - loop.from) }}
          />
        )}
        <div className="overview-head" data-testid="overview-head" style={{ left: left(partOf(atNs)) }} />
      </div>
      <OverviewWord subject={subject} state={state} />
      {pointer && (
        <output
          className="overview-tip"
          style={{ left: left(pointer.part) }}
          data-side={pointer.part > 0.5 ? 'left' : 'right'}
        >
          {dateTimeOf(String(timeAt(pointer.part))).slice(11)} · {secondsText((pointer.part * lengthNs) / 1e9)}
          {level !== null && ` · ${shortNumber(level)} ${picture!.unit}`}
          {near && ` · ${near.label}`}
        </output>
      )}
    </div>
  )
}
