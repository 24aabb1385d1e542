import { useStore } from 'zustand'
import { useWindow } from '../../layout/windowContext.ts'
import { isFailed, isOpened, setSummary, type SetMember } from '../../stores/workbenchStore.ts'
import { StateMark } from '../../widgets/StateMark.tsx'
import './history.css'

const problemOf = ({ outcome }: SetMember): string =>
  typeof outcome === 'object' && outcome !== null && 'problem' in outcome ? outcome.problem : ''

/** Jobs that were opened together: how far it is, and what failed, each with another try. */
export function OpenedSet() {
  const { workbench } = useWindow()
  const set = useStore(workbench, (model) => model.set)
  if (set.length === 0) return null
  const isDone = set.every((member) => isFailed(member) || isOpened(member))
  const failed = set.filter(isFailed).length
  // One job that opened says so by its picture.
  if (set.length === 1 && isDone && failed === 0) return null
  return (
    <section className="inspector-section" aria-label="Opened together" data-testid="opened-set">
      <div className="history-title">
        <h2>Opened together</h2>
        <button type="button" className="small-button" disabled={!isDone} onClick={() => workbench.dismissSet()}>
          Dismiss
        </button>
      </div>
      <p role="status" data-testid="set-summary">
        {setSummary(set)}
        {isDone ? '' : ' …'}
      </p>
      <progress
        className="progress"
        value={set.filter((member) => isFailed(member) || isOpened(member)).length}
        max={set.length}
        aria-label="Opened together"
      />
      {failed > 0 && (
        <ul className="entries">
          {set.map((member, index) =>
            isFailed(member) ? (
              <li key={`${member.name} ${index}`} className="entry" data-testid="set-failure">
                <div className="history-head">
                  <span className="tone-bad history-outcome">
                    <StateMark tone="bad" /> {member.name}
                  </span>
                  <button type="button" className="small-button" onClick={() => void workbench.retry(index)}>
                    Try again
                  </button>
                </div>
                <p className="history-request">{problemOf(member)}</p>
              </li>
            ) : null
          )}
        </ul>
      )}
      {failed > 1 && (
        <button type="button" className="small-button" onClick={() => void workbench.retryFailed()}>
          Try all {failed} again
        </button>
      )}
    </section>
  )
}
