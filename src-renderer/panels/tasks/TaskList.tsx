import { useStore } from 'zustand'
import type { TaskSnapshot } from '../../../src-preload/contract/tasks.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { bytesText, clockOf, plainNumber, secondsText } from '../../widgets/format.ts'
import { StateMark, type Tone } from '../../widgets/StateMark.tsx'
import './tasks.css'

const looks: Record<TaskSnapshot['state'], { word: string; tone: Tone }> = {
  pending: { word: 'Waiting', tone: 'quiet' },
  running: { word: 'Running', tone: 'good' },
  completed: { word: 'Completed', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  cancelled: { word: 'Cancelled', tone: 'quiet' }
}

function TaskButtons({ task }: { task: TaskSnapshot }) {
  const { actions } = useWindow()
  if (task.state === 'pending' || task.state === 'running')
    return (
      <button type="button" className="small-button" onClick={() => void actions.cancelTask(task.id)}>
        Cancel
      </button>
    )
  return (
    <>
      {task.state !== 'completed' && (
        <button type="button" className="small-button" onClick={() => void actions.retryTask(task.id)}>
          Try again
        </button>
      )}
      <button type="button" className="small-button" onClick={() => void actions.forgetTask(task.id)}>
        Remove
      </button>
    </>
  )
}

function timesText({ createdNs, startedNs, endedNs, worker, attempt, attemptsMax }: TaskSnapshot): string {
  const took = startedNs && endedNs ? Number(BigInt(endedNs) - BigInt(startedNs)) / 1e9 : null
  return [
    `asked for at ${clockOf(createdNs)} UTC`,
    took !== null && `took ${secondsText(took)}`,
    worker !== null && `worker ${worker}`,
    attempt > 1 && `attempt ${attempt} of ${attemptsMax}`
  ]
    .filter(Boolean)
    .join(' · ')
}

function Task({ task }: { task: TaskSnapshot }) {
  const { word, tone } = looks[task.state]
  return (
    <li className="entry task" data-testid={`task-${task.id}`} data-state={task.state}>
      <div className="task-head">
        <strong>{task.title}</strong>
        <span className={`job-state tone-${tone}`}>
          <StateMark tone={tone} /> {word}
        </span>
      </div>
      {task.detail && <p>{task.detail}</p>}
      {task.state === 'running' && (
        <progress className="progress" value={task.progress ?? undefined} aria-label={`${task.title}: part done`} />
      )}
      {task.result && (
        <p className="task-result">
          {task.result.files[0]} · {bytesText(task.result.bytes)}
        </p>
      )}
      {task.result?.warnings.map((warning) => (
        <p key={warning} className="task-warning">
          {warning}
        </p>
      ))}
      <p className="task-times">{timesText(task)}</p>
      <div className="task-buttons">
        <TaskButtons task={task} />
      </div>
    </li>
  )
}

/** Exports and other work in the background: what waits, runs and has ended. */
export function TaskListPanel() {
  const { stores } = useWindow()
  const list = useStore(stores.tasks, (model) => model.list)
  const counters = list?.counters
  return (
    <section className="inspector-section" aria-label="Tasks">
      <h2>Background tasks</h2>
      {counters && (
        <p className="task-counters" data-testid="task-counters">
          {counters.running} running · {counters.pending} waiting · {counters.completed} completed · {counters.failed}{' '}
          failed{counters.successRate !== null && ` · ${plainNumber(counters.successRate * 100)} % succeed`}
        </p>
      )}
      {list?.tasks.length ? (
        <ul className="entries" data-testid="task-list">
          {list.tasks.map((task) => (
            <Task key={task.id} task={task} />
          ))}
        </ul>
      ) : (
        <p className="empty">Nothing is done in the background. Exports of sessions and recordings show here.</p>
      )}
    </section>
  )
}
