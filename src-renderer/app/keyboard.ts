import type { Actions } from '../stores/actions.ts'
import type { Stores } from '../stores/stores.ts'

const zoomStep = 1.25

const isTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Keys of the window. They do nothing while a text field has the focus, but Escape, which leaves it. */
export function listenToKeys(stores: Stores, actions: Actions): () => void {
  const tile = () => stores.view.actions.getState().tile
  const plain: Record<string, () => void> = {
    l: () => tile()?.goLive(),
    r: () => {
      const { selectedId } = stores.jobs.getState()
      if (selectedId) void actions.toggleCapture(selectedId)
    },
    e: () => {
      const { sessions } = stores.sessions.getState()
      const newest = sessions.find(({ state }) => state !== 'missing')
      if (newest) stores.layout.setState({ exportOf: newest.id })
      else stores.layout.setState({ section: 'sessions', isInspectorOpen: true })
    },
    '+': () => tile()?.zoomTime(1 / zoomStep),
    '=': () => tile()?.zoomTime(1 / zoomStep),
    '-': () => tile()?.zoomTime(zoomStep),
    '[': () => tile()?.zoomDistance(zoomStep),
    ']': () => tile()?.zoomDistance(1 / zoomStep)
  }

  const escape = (target: EventTarget | null): void => {
    if (isTextField(target)) {
      ;(target as HTMLElement).blur()
      return
    }
    const { areNoticesOpen, areCountersOpen } = stores.layout.getState()
    if (areNoticesOpen || areCountersOpen) stores.layout.setState({ areNoticesOpen: false, areCountersOpen: false })
    else tile()?.reset()
  }

  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey) return
    if (event.key === 'Escape') {
      escape(event.target)
      return
    }
    if (isTextField(event.target)) return
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== 'n' || event.shiftKey) return
      event.preventDefault()
      actions.newJob()
      return
    }
    const action = plain[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!action) return
    event.preventDefault()
    action()
  }

  window.addEventListener('keydown', pressed)
  return () => window.removeEventListener('keydown', pressed)
}
