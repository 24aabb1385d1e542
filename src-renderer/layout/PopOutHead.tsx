import { useWindow } from './windowContext.ts'

/** What a window of its own can do with itself. */
export function PopOutHead() {
  const { desk } = useWindow()
  return (
    <div className="pop-out-head">
      <button
        type="button"
        className="small-button"
        data-testid="pop-out-return"
        title="Shows this view in the main window again (O)"
        onClick={() => desk.leave('return')}
      >
        Return
      </button>
      <button
        type="button"
        className="small-button"
        data-testid="pop-out-close"
        title="Closes this window; the job goes on"
        onClick={() => desk.leave('close')}
      >
        Close
      </button>
    </div>
  )
}
