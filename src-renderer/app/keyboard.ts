import type { JobSnapshot } from '../../src-preload/contract/schemas.ts'
import type { Actions } from '../stores/actions.ts'
import { isEnded } from '../stores/jobStates.ts'
import { playbackRange } from '../stores/playbackActions.ts'
import type { Stores } from '../stores/stores.ts'

const zoomStep = 1.25
/** Part of a recording that an arrow key goes back or on. */
const seekPart = 0.05

const isTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Keys of the window. They do nothing while a text field has the focus, but Escape, which leaves it. */
export function listenToKeys(stores: Stores, actions: Actions): () => void {
  const tile = () => stores.views.active()?.actions.getState().tile
  const playing = (): JobSnapshot | null => {
    const { jobs, selectedId } = stores.jobs.getState()
    return jobs.find((job) => job.id === selectedId && job.playback !== null) ?? null
  }
  const seekBy = (part: number): void => {
    const job = playing()
    const range = job && playbackRange(job, stores.core.getState().recordings)
    if (!range) return
    const atNs = BigInt(job.playback?.positionNs ?? range.startNs)
    void actions.seek(job, atNs + BigInt(Math.round(Number(range.endNs - range.startNs) * part)))
  }
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
    ' ': () => {
      const job = playing()
      if (job) void actions.setPace(job, job.playback?.pace === 0 || isEnded(job.state) ? 1 : 0)
    },
    ArrowLeft: () => seekBy(-seekPart),
    ArrowRight: () => seekBy(seekPart),
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
    // Space presses the button that has the focus.
    if (event.key === ' ' && event.target instanceof HTMLElement && event.target.tagName === 'BUTTON') return
    const action = plain[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!action) return
    event.preventDefault()
    action()
  }

  window.addEventListener('keydown', pressed)
  return () => window.removeEventListener('keydown', pressed)
}
