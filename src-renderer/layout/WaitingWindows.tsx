import { useStore } from 'zustand'
import { useWindow } from './windowContext.ts'

/** A browser opens windows only within a click: those of a layout that came back wait for one. */
export function WaitingWindows() {
  const { desk } = useWindow()
  const waiting = useStore(desk, (model) => model.waiting.length)
  if (waiting === 0) return null
  return (
    <div className="waiting-windows" role="status" data-testid="waiting-windows">
      <span>
        {waiting === 1 ? 'A window' : `${waiting} windows`} of this layout {waiting === 1 ? 'waits' : 'wait'} to be
        opened: the browser wants a click for it.
      </span>
      <button type="button" className="small-button" onClick={() => desk.openWaiting()}>
        Open {waiting === 1 ? 'it' : 'them'}
      </button>
    </div>
  )
}
