import { useStore } from 'zustand'
import type { ProcessHealth, StreamHealth } from '../../../src-preload/contract/health.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { bytesText, integerText, secondsText } from '../../widgets/format.ts'
import { glanceText, severityMarks, severityTones } from './healthText.ts'

const dash = '–'
const ms = (value: number | null | undefined): string =>
  value === null || value === undefined ? dash : integerText(value)

function StreamRow({ stream }: { stream: StreamHealth }) {
  const { stores } = useWindow()
  const { jobId, view, word, severity, reason, latencyMs, queue } = stream
  const show = (): void => {
    stores.jobs.select(jobId)
    stores.layout.setState({ section: 'jobs' })
  }
  return (
    <tr
      data-testid={`stream-${jobId}`}
      data-word={word}
      title={reason}
      className="health-row"
      // The button in it is for the keyboard.
      onClick={(event) => {
        if (event.target instanceof Element && !event.target.closest('button')) show()
      }}
    >
      <th scope="row">
        <button type="button" className="link-button" title={`Show ${jobId}`} onClick={show}>
          {jobId}
        </button>{' '}
        {view}
        {stream.isCaptured && ' · captured'}
      </th>
      <td className={`tone-${severityTones[severity]}`}>
        {severityMarks[severity]} {word}{' '}
        {severity !== 'good' && severity !== 'info' && (
          <button
            type="button"
            className="small-button"
            data-testid={`stream-why-${jobId}`}
            onClick={() => void stores.health.explain(jobId)}
          >
            Why?
          </button>
        )}
      </td>
      <td>{glanceText(stream.bytesPerS / 1e6)}</td>
      <td>{glanceText(stream.rowsPerS)}</td>
      <td>
        {ms(latencyMs?.p50)} / {ms(latencyMs?.p95)} / {ms(latencyMs?.p99)}
      </td>
      <td title={stream.gaps > 0 ? `${secondsText(stream.gapS)} are missing` : ''}>{integerText(stream.gaps)}</td>
      <td>{integerText(stream.shedRows)}</td>
      <td>{integerText(stream.lostBlocks + stream.lostRows)}</td>
      <td>
        {integerText(queue.length)} / {integerText(queue.capacity)} · {secondsText(queue.ageMs / 1000)}
      </td>
      <td>{integerText(stream.reconnects)}</td>
      <td>{Math.round(stream.cpuShare * 100)} %</td>
      <td>{bytesText(stream.memoryBytes)}</td>
    </tr>
  )
}

const streamHeads = [
  'job',
  'state',
  'MB/s',
  'rows/s',
  'p50 / p95 / p99 ms',
  'gaps',
  'shed',
  'lost',
  'queue · age',
  'reconnects',
  'CPU',
  'memory'
]

export function StreamsTable() {
  const { stores } = useWindow()
  const streams = useStore(stores.health, ({ live }) => live?.streams)
  return (
    <section className="health-card health-wide" aria-label="Streams">
      <h2>Streams</h2>
      {streams?.length === 0 && <p className="empty">No job is open.</p>}
      {streams && streams.length > 0 && (
        <div className="health-scroll">
          <table className="health-table" data-testid="health-streams">
            <thead>
              <tr>
                {streamHeads.map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {streams.map((stream) => (
                <StreamRow key={stream.jobId} stream={stream} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function ProcessRow({ process }: { process: ProcessHealth }) {
  const { stores } = useWindow()
  const isProfiling = useStore(stores.health, (model) => model.isProfiling)
  const megabytes = (bytes: number | null): string => (bytes === null ? dash : bytesText(bytes))
  const { id, kind, label, cpuPercent, eventLoopMs, frameP95Ms, gc } = process
  return (
    <tr data-testid={`process-${id}`}>
      <th scope="row">{label}</th>
      <td>{cpuPercent === null ? dash : `${glanceText(cpuPercent)} %`}</td>
      <td>{kind === 'worker' ? 'in core' : megabytes(process.rssBytes)}</td>
      <td>{megabytes(process.heapUsedBytes)}</td>
      <td>{megabytes(process.externalBytes)}</td>
      <td>
        {eventLoopMs
          ? `${glanceText(eventLoopMs.p99)} ms`
          : frameP95Ms !== null
            ? `${glanceText(frameP95Ms)} ms frame`
            : dash}
      </td>
      <td>{gc ? `${glanceText(gc.pauseP99Ms)} ms` : dash}</td>
      <td>{process.handles ?? dash}</td>
      <td>{process.restarts ?? dash}</td>
      <td>
        {(kind === 'core' || kind === 'worker') && (
          <button
            type="button"
            className="small-button"
            disabled={isProfiling}
            title="Ten seconds of what takes heap, largest first; the file lies in the data folder"
            onClick={() => void stores.health.profile(id)}
          >
            {isProfiling ? 'Profiling…' : 'Profile'}
          </button>
        )}
      </td>
    </tr>
  )
}

const processHeads = ['part', 'CPU', 'RSS', 'heap', 'external', 'event loop p99', 'GC p99', 'handles', 'restarts', '']

export function ProcessesTable() {
  const { stores } = useWindow()
  const processes = useStore(stores.health, ({ live }) => live?.processes)
  const profile = useStore(stores.health, (model) => model.profile)
  return (
    <section className="health-card health-wide" aria-label="Processes and workers">
      <h2>Processes and workers</h2>
      <div className="health-scroll">
        <table className="health-table" data-testid="health-processes">
          <thead>
            <tr>
              {processHeads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {(processes ?? []).map((process) => (
              <ProcessRow key={process.id} process={process} />
            ))}
          </tbody>
        </table>
      </div>
      {profile && (
        <div className="health-profile" data-testid="heap-profile">
          <p>
            Heap of {profile.process} over {profile.seconds} s, in {profile.file}:
          </p>
          <ol>
            {profile.growers.slice(0, 10).map(({ where, bytes, percent }) => (
              <li key={where}>
                {bytesText(bytes)} ({Math.round(percent)} %) {where}
              </li>
            ))}
          </ol>
        </div>
      )}
    </section>
  )
}
