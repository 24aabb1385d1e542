import { useStore } from 'zustand'
import { useWindow } from '../../layout/windowContext.ts'
import { displayBeforeSettings } from '../../stores/coreStore.ts'
import './hints.css'

const steps: readonly (readonly [what: string, how: string])[] = [
  ['Look', 'Wheel zooms, drag moves, L goes live'],
  ['Open', 'N a job on the fibre; Recordings what is stored'],
  ['Measure', 'C two cursors: Δt, Δx, ΔdB, velocity'],
  ['Compare', 'Ctrl+→ splits the view, O gives it a window'],
  ['Find', 'Ctrl+Shift+P every command, ? every key']
]

/** What a stranger wants to know first; shown until dismissed, and then never again. */
export function FirstSteps() {
  const { stores, actions } = useWindow()
  const isShown = useStore(stores.core, (core) => (core.settings?.display ?? displayBeforeSettings).showHints)
  if (!isShown) return null
  return (
    <section className="inspector-section hints" aria-label="First steps" data-testid="hints">
      <h2>First steps</h2>
      <dl>
        {steps.map(([what, how]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{how}</dd>
          </div>
        ))}
      </dl>
      <button
        type="button"
        className="small-button"
        data-testid="hints-dismiss"
        onClick={() => void actions.setDisplay({ showHints: false })}
      >
        Got it
      </button>
    </section>
  )
}
