import { Command } from 'cmdk'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { commandEntry, commandIds, commandSections } from '../../../src-preload/contract/commands.ts'
import { mainWindowId } from '../../../src-preload/contract/workbench.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { jobStateLook } from '../../stores/jobStates.ts'
import { Dialog } from '../../widgets/Dialog.tsx'
import './palette.css'

interface Offer {
  id: string
  group: string
  title: string
  keyText: string
  run(): void
}

/** Plain words: the title itself, its beginning, the beginnings of its words, any part of it, then its group. */
function scoreOf(value: string, typed: string): number {
  const [group = '', title = ''] = value.toLowerCase().split(separator)
  const wanted = typed.trim().toLowerCase()
  if (wanted === '') return 1
  if (title === wanted) return 1
  if (title.startsWith(wanted)) return 0.9
  const words = title.split(/[\s,]+/)
  const asked = wanted.split(/\s+/)
  if (asked.every((part) => words.some((word) => word.startsWith(part)))) return 0.7
  if (asked.every((part) => title.includes(part))) return 0.5
  return asked.every((part) => `${group} ${title}`.includes(part)) ? 0.3 : 0
}

const separator = ' › '

/** What there is to choose beside the commands: jobs to show, layouts to open, presets to fill the form with. */
function useOffers(): Offer[] {
  const { stores, desk, workbench } = useWindow()
  const jobs = useStore(stores.jobs, (model) => model.jobs)
  const layouts = useStore(workbench, (model) => model.layouts)
  const presets = useStore(workbench, (model) => model.presets)
  const isMain = useStore(desk, (model) => model.windowId === mainWindowId)
  if (!isMain) return []
  return [
    ...jobs.slice(0, 40).map(({ id, state }) => ({
      id: `job ${id}`,
      group: 'Show a job',
      title: `${id} · ${jobStateLook[state].word}`,
      keyText: '',
      run: () => stores.jobs.select(id)
    })),
    ...layouts
      .filter(({ problem }) => problem === null)
      .map(({ name }) => ({
        id: `layout ${name}`,
        group: 'Open a layout',
        title: name,
        keyText: '',
        run: () => void workbench.openLayout(name)
      })),
    ...presets.map(({ name, request }) => ({
      id: `preset ${name}`,
      group: 'Open a preset',
      title: name,
      keyText: '',
      run: () => void workbench.openRequests([{ name, request }])
    }))
  ]
}

function Palette() {
  const { stores, commands, workbench } = useWindow()
  const [text, setText] = useState('')
  const offers = useOffers()
  const close = (): void => stores.layout.setState({ dialog: null })
  useEffect(() => void workbench.load(), [workbench])
  const all: Offer[] = [
    ...commandIds
      .filter((id) => id !== 'palette' && commands.isAvailable(id))
      .map((id) => ({
        id,
        group: commandEntry(id).section,
        title: commandEntry(id).title,
        keyText: commands.keyText(id),
        run: () => commands.run(id)
      })),
    ...offers
  ]
  const groups = [...commandSections, 'Show a job', 'Open a layout', 'Open a preset']
  const choose = (offer: Offer): void => {
    close()
    // After the dialog gave the focus back, so that what opens next can take it.
    setTimeout(offer.run)
  }
  return (
    <Dialog title="Command palette" isTitleShown={false} className="palette" testId="palette" onClose={close}>
      <Command label="Command palette" loop filter={(value, typed) => scoreOf(value, typed)}>
        <Command.Input
          className="palette-input"
          value={text}
          onValueChange={setText}
          placeholder="Type what you want to do"
          data-testid="palette-input"
          autoFocus
        />
        <Command.List className="palette-list" tabIndex={0} aria-label="Commands">
          <Command.Empty className="palette-empty">Nothing is called “{text}”.</Command.Empty>
          {groups.map((group) => {
            const own = all.filter((offer) => offer.group === group)
            if (own.length === 0) return null
            return (
              <Command.Group key={group} heading={group}>
                {own.map((offer) => (
                  <Command.Item
                    key={offer.id}
                    value={`${group}${separator}${offer.title}`}
                    className="palette-item"
                    onSelect={() => choose(offer)}
                  >
                    <span>{offer.title}</span>
                    {offer.keyText && <kbd>{offer.keyText}</kbd>}
                  </Command.Item>
                ))}
              </Command.Group>
            )
          })}
        </Command.List>
      </Command>
    </Dialog>
  )
}

/** Every command, found by typing a part of its name. */
export function CommandPalette() {
  const { stores } = useWindow()
  const isOpen = useStore(stores.layout, (layout) => layout.dialog === 'palette')
  return isOpen ? <Palette /> : null
}
