import type { Stores } from '../stores/stores.ts'
import { chordOf, chordTable } from './commands/keys.ts'
import type { Commands } from './commands/runCommands.ts'

const isTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
    (target instanceof HTMLInputElement && !/^(checkbox|radio|button|submit|range)$/.test(target.type)))

/** Controls that the keys of the table would take away from: arrows on a slider, space on a button. */
function ownsKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false
  const role = target.getAttribute('role') ?? ''
  const isArrow = key.startsWith('Arrow')
  if (target instanceof HTMLInputElement && (target.type === 'range' || target.type === 'radio')) return isArrow
  if (isArrow || /^(Home|End|PageUp|PageDown)$/.test(key))
    return /^(slider|separator|menuitem|tab|option|radio)/.test(role)
  const isPressed = /^(BUTTON|SUMMARY|A)$/.test(target.tagName) || target instanceof HTMLInputElement
  // Enter means something to nearly everything that can have the focus; only a picture leaves it to the table.
  if (key === 'Enter') return isPressed || /^(slider|separator|menuitem|tab|option|radio)/.test(role)
  return key === ' ' && isPressed
}

const isInDialog = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[role="dialog"], [role="alertdialog"], [role="menu"], dialog') !== null

/** These work in text fields and dialogs too. */
const everywhere = new Set(['palette', 'key-map'])

/** Keys of the window, from the table of commands. They do nothing while a text field has the focus, but Escape leaves it. */
export function listenToKeys(stores: Stores, commands: Commands): () => void {
  const table = chordTable()

  function escape(target: EventTarget | null): void {
    if (isTextField(target)) {
      ;(target as HTMLElement).blur()
      return
    }
    const { areNoticesOpen, areCountersOpen } = stores.layout.getState()
    const active = stores.views.active()
    const tool = active?.tool
    if (areNoticesOpen || areCountersOpen) stores.layout.setState({ areNoticesOpen: false, areCountersOpen: false })
    else if (active && stores.measures.leave(active.tileId)) return
    else if (tool && tool.getState().tool !== 'pan') tool.setState({ tool: 'pan' })
    else commands.run('reset-view')
  }

  function pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return
    const isInside = isInDialog(event.target)
    if (event.key === 'Escape') {
      if (!isInside) escape(event.target)
      return
    }
    const chord = chordOf(event)
    const isPlain = !event.ctrlKey && !event.metaKey
    const found = table.get(chord)?.filter((id) => !isInside || everywhere.has(id))
    if (!found || found.length === 0) return
    if (isTextField(event.target) && (isPlain || !everywhere.has(found[0]!))) return
    if (isInside && isPlain) return
    if (ownsKey(event.target, event.key)) return
    const id = found.find((one) => commands.isAvailable(one))
    // The browser's own meaning of a key of ours would surprise, also where the command can do nothing now.
    event.preventDefault()
    if (id) commands.run(id)
  }

  window.addEventListener('keydown', pressed)
  return () => window.removeEventListener('keydown', pressed)
}
