import { useEffect, useId, useRef, useState, type DragEvent, type KeyboardEvent } from 'react'
import type { ViewDescription } from '../../../src-preload/contract/schemas.ts'
import { channelsFromText, movedChannel, pickedMost, spreadChannels } from '../../render/spectraChannelChoice.ts'
import { channelLabel, channelName, columnFromChannelNumber } from '../../render/spectraChannelNames.ts'
import { Icon } from '../../widgets/Icon.tsx'

type Columns = ViewDescription['columns']

export interface ChannelChoice {
  picked: readonly number[]
  hidden: ReadonlySet<number>
}

function AddChannels({ columns, onPick }: { columns: Columns; onPick: (channels: number[]) => void }) {
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const problemId = useId()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  const submit = (): void => {
    const read = channelsFromText(text, columns)
    setProblem(read.ok ? null : read.message)
    if (!read.ok) return
    onPick(read.channels)
    setText('')
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <div className="channel-add">
        <input
          ref={input}
          type="text"
          value={text}
          placeholder="100, 200-300:10"
          aria-label="Channels to show"
          aria-invalid={problem !== null}
          aria-describedby={problem ? problemId : undefined}
          data-testid="channel-text"
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="small-button" data-testid="channel-show">
          Show
        </button>
      </div>
      {problem && (
        <p className="channel-problem" id={problemId} role="alert">
          {problem}
        </p>
      )}
    </form>
  )
}

/** One channel of the list: shown or hidden, moved with the pointer or with Alt and the arrow keys. */
function ChannelEntry({
  label,
  isShown,
  place,
  count,
  onShow,
  onMove,
  onRemove,
  drag
}: {
  label: string
  isShown: boolean
  place: number
  count: number
  onShow: (isShown: boolean) => void
  onMove: (to: number) => void
  onRemove: () => void
  drag: { start: () => void; over: (event: DragEvent) => void; drop: () => void; isTarget: boolean }
}) {
  const pressed = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
    if (!event.altKey || step === 0) return
    event.preventDefault()
    event.stopPropagation()
    onMove(place + step)
  }
  return (
    <li
      className="channel-entry"
      draggable
      data-target={drag.isTarget}
      data-testid="channel-entry"
      onKeyDown={pressed}
      onDragStart={drag.start}
      onDragOver={drag.over}
      onDrop={drag.drop}
    >
      <label>
        <input type="checkbox" checked={isShown} onChange={(event) => onShow(event.target.checked)} />
        {label}
      </label>
      <button
        type="button"
        className="icon-button"
        aria-label={`Move ${label} up`}
        title="Move up (Alt+↑)"
        disabled={place === 0}
        onClick={() => onMove(place - 1)}
      >
        <Icon name="up" size={12} />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={`Move ${label} down`}
        title="Move down (Alt+↓)"
        disabled={place === count - 1}
        onClick={() => onMove(place + 1)}
      >
        <Icon name="down" size={12} />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={`Remove ${label}`}
        title="Take off the list"
        disabled={count === 1}
        onClick={onRemove}
      >
        <Icon name="close" size={12} />
      </button>
    </li>
  )
}

/** Which channels are shown, and in which order. */
export function ChannelPicker({
  columns,
  choice,
  onChange,
  onClose
}: {
  columns: Columns
  choice: ChannelChoice
  onChange: (choice: ChannelChoice) => void
  onClose: () => void
}) {
  const { picked, hidden } = choice
  const [dragged, setDragged] = useState<number | null>(null)
  const [target, setTarget] = useState<number | null>(null)
  const nameOf = (channel: number): string =>
    channelLabel(channelName(columns, columnFromChannelNumber(columns, channel)))
  const pick = (channels: readonly number[]): void => onChange({ picked: channels, hidden: new Set() })
  const spreads = [4, 9, 16].filter((count) => count < columns.count)
  return (
    <section
      className="channel-picker"
      aria-label="Channels"
      data-testid="channel-picker"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
    >
      <AddChannels columns={columns} onPick={pick} />
      <div className="channel-spreads">
        {spreads.map((count) => (
          <button
            key={count}
            type="button"
            className="small-button"
            onClick={() => pick(spreadChannels(columns, count))}
          >
            {count} spread
          </button>
        ))}
        <button
          type="button"
          className="small-button"
          data-testid="channel-all"
          title={
            columns.count > pickedMost ? `The first to the last, ${pickedMost} of them` : 'Every channel of the job'
          }
          onClick={() => pick(spreadChannels(columns, pickedMost))}
        >
          all
        </button>
        <button
          type="button"
          className="small-button"
          onClick={() => onChange({ picked: [...picked].reverse(), hidden })}
        >
          turn round
        </button>
      </div>
      <ol className="channel-list">
        {picked.map((channel, place) => (
          <ChannelEntry
            key={channel}
            label={nameOf(channel)}
            isShown={!hidden.has(channel)}
            place={place}
            count={picked.length}
            onShow={(isShown) => {
              const next = new Set(hidden)
              if (isShown) next.delete(channel)
              else next.add(channel)
              onChange({ picked, hidden: next })
            }}
            onMove={(to) => onChange({ picked: movedChannel(picked, place, to), hidden })}
            onRemove={() => onChange({ picked: picked.filter((one) => one !== channel), hidden })}
            drag={{
              start: () => setDragged(place),
              over: (event) => {
                if (dragged === null) return
                event.preventDefault()
                setTarget(place)
              },
              drop: () => {
                if (dragged !== null) onChange({ picked: movedChannel(picked, dragged, place), hidden })
                setDragged(null)
                setTarget(null)
              },
              isTarget: target === place && dragged !== null && dragged !== place
            }}
          />
        ))}
      </ol>
      <button type="button" className="small-button" data-testid="channel-close" onClick={onClose}>
        Close
      </button>
    </section>
  )
}
