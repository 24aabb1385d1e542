import { useState, type KeyboardEvent, type PointerEvent, type RefObject } from 'react'
import type { SplitLine } from '../stores/tileTree.ts'
import { useWindow } from './windowContext.ts'

const step = 0.02
const farStep = 0.1
const percent = (part: number): string => `${part * 100}%`

/** The line between two parts of a split: dragged, or moved with the arrow keys, Home and End; Enter makes them equal. */
export function SplitLineHandle({ line, within }: { line: SplitLine; within: RefObject<HTMLElement | null> }) {
  const { stores } = useWindow()
  const [isDragged, setDragged] = useState(false)
  const { area, direction, path, index, at, from, to } = line
  const isRow = direction === 'row'
  const move = (next: number): void => stores.tiles.moveLine(path, index, next)

  function dragged(event: PointerEvent): void {
    const box = within.current?.getBoundingClientRect()
    if (!isDragged || !box) return
    const part = isRow ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height
    move((part - (isRow ? area.left : area.top)) / (isRow ? area.width : area.height))
  }

  function pressed(event: KeyboardEvent): void {
    const back = isRow ? 'ArrowLeft' : 'ArrowUp'
    const on = isRow ? 'ArrowRight' : 'ArrowDown'
    const by = event.shiftKey ? farStep : step
    if (event.key === back) move(at - by)
    else if (event.key === on) move(at + by)
    else if (event.key === 'Home') move(from)
    else if (event.key === 'End') move(to)
    else if (event.key === 'Enter') move((from + to) / 2)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  const style = isRow
    ? { left: percent(area.left + at * area.width), top: percent(area.top), height: percent(area.height) }
    : { top: percent(area.top + at * area.height), left: percent(area.left), width: percent(area.width) }
  return (
    <div
      className={`split-line split-line-${direction} ${isDragged ? 'split-line-dragged' : ''}`}
      style={style}
      role="separator"
      tabIndex={0}
      aria-label={isRow ? 'Width of the tiles beside this line' : 'Height of the tiles beside this line'}
      aria-orientation={isRow ? 'vertical' : 'horizontal'}
      aria-valuemin={Math.round(from * 100)}
      aria-valuemax={Math.round(to * 100)}
      aria-valuenow={Math.round(at * 100)}
      data-testid="split-line"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setDragged(true)
      }}
      onPointerMove={dragged}
      onPointerUp={() => setDragged(false)}
      onPointerCancel={() => setDragged(false)}
      onDoubleClick={() => move((from + to) / 2)}
      onKeyDown={pressed}
    />
  )
}
