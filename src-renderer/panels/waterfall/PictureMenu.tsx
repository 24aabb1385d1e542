import { ContextMenu } from 'radix-ui'
import { useState, type MouseEvent, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { useTile } from '../../layout/tileContext.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { channelsAround, openChannels } from '../../stores/channelJobs.ts'
import type { PointerPlace } from '../../stores/tilePicture.ts'
import { integerText } from '../../widgets/format.ts'
import '../../widgets/menu.css'
import { placeText, valueText } from './placeText.ts'

/** Channels that a MultiChannel of the place shows. */
const channelsTogether = 8

/** The menu of the place under a right click, or of the menu key. */
export function PictureMenu({ job, children }: { job: JobSnapshot; children: ReactNode }) {
  const { actions, connection, stores } = useWindow()
  const tile = useTile()
  const unit = useStore(tile.cursor, (cursor) => cursor.reading?.unit ?? 'dB')
  const canGoBack = useStore(tile.view, (view) => view.backSteps > 0)
  const [place, setPlace] = useState<PointerPlace | null>(null)

  const look = (event: MouseEvent<HTMLElement>): void => {
    const { left, top } = event.currentTarget.getBoundingClientRect()
    const { picture } = tile.picture.getState()
    setPlace(picture?.placeAt(event.clientX - left, event.clientY - top, event.nativeEvent) ?? null)
  }
  const copy = (text: string): void => {
    navigator.clipboard.writeText(text).catch((problem: unknown) => {
      actions.notify(
        'warning',
        'clipboard',
        'Nothing was copied',
        `The clipboard could not be written: ${String(problem)}`
      )
    })
  }
  const open = async (view: 'single' | 'multi', count: number): Promise<void> => {
    const channel = Math.round(place?.channel ?? job.request.channels.min)
    const opened = await openChannels(connection, job, view, channelsAround(job, channel, count))
    if (opened.ok) stores.jobs.select(opened.value)
    else actions.notify('error', 'channels', `Channel ${integerText(channel)} was not opened`, opened.error.message)
  }
  const channel = place && Math.round(place.channel)
  const around = channel === null ? null : channelsAround(job, channel, channelsTogether)
  return (
    // Not modal: a modal one writes a style element into the page, which its security policy forbids.
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild onContextMenu={look}>
        <div className="picture-menu-area">{children}</div>
      </ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content
          className="menu"
          collisionPadding={8}
          loop
          aria-label="This place"
          data-testid="picture-menu"
        >
          {place && channel !== null && around && (
            <>
              <ContextMenu.Label className="menu-label">{placeText(place)}</ContextMenu.Label>
              <Item
                label={`Channel ${integerText(channel)} as SingleChannel`}
                onSelect={() => void open('single', 1)}
              />
              <Item
                label={`Channels ${integerText(around.min)}–${integerText(around.max)} as MultiChannel`}
                onSelect={() => void open('multi', channelsTogether)}
              />
              <ContextMenu.Separator className="menu-line" />
              <Item
                label="Copy value"
                isDisabled={place.value === null}
                onSelect={() => copy(valueText(place.value, unit))}
              />
              <Item
                label="Copy time, place and value"
                onSelect={() => copy(`${placeText(place)} · ${valueText(place.value, unit)}`)}
              />
              <ContextMenu.Separator className="menu-line" />
            </>
          )}
          <Item
            label="Back to the view before"
            isDisabled={!canGoBack}
            onSelect={() => tile.actions.getState().tile?.back()}
          />
          <Item label="Show all" onSelect={() => tile.actions.getState().tile?.reset()} />
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  )
}

const Item = ({
  label,
  isDisabled = false,
  onSelect
}: {
  label: string
  isDisabled?: boolean
  onSelect: () => void
}) => (
  <ContextMenu.Item className="menu-item" disabled={isDisabled} onSelect={onSelect}>
    {label}
  </ContextMenu.Item>
)
