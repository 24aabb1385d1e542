import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { JobRequest, JobSnapshot } from '../src-preload/contract/schemas.ts'
import type { Clock } from './clock.ts'
import type { CoreFiles } from './coreFiles.ts'
import type { CoreSessions } from './coreSessions.ts'
import type { CoreTasks } from './coreTasks.ts'
import type { Health } from './health/health.ts'
import type { JobManager } from './jobs/jobManager.ts'
import type { Notices } from './jobs/notices.ts'
import { writeFileAtomic } from './storage/atomicFile.ts'
import type { RootLog } from './storage/log.ts'
import {
  capturesSentence,
  counted,
  plannedJobsMost,
  restartPlan,
  restartPlanName,
  restartPlanVersion,
  sameRequest,
  timeOf,
  whyIgnored,
  type PlannedJob,
  type RestartPlan
} from './restartPlan.ts'
import { openKeptFile, type KeptFileProblem } from './workbench/keptFile.ts'

export interface CoreRestartOptions {
  dataFolder: string
  clock: Clock
  log: RootLog
  notices: Notices
  jobs(): JobManager
  sessions(): CoreSessions
  tasks(): CoreTasks
  files(): CoreFiles
  health(): Pick<Health, 'changed'>
  /** The backend that a request goes to answers. */
  isUp(request: JobRequest): boolean
  /** What a recording is must be known, so that its own limits count. */
  learn(request: JobRequest): Promise<void>
  /** Windows hear of it before they open the same job themselves. */
  opened(job: JobSnapshot): void
  onError(error: unknown): void
}

/** A restart that was prepared when memory was short: what must be there again after it. */
export interface CoreRestart {
  /** Writes down what is open now; resolves when it is on the disk, with a sentence of what it is. */
  prepare(): Promise<string>
  /** The restart is not needed: nothing is opened by the next start. Null where none was prepared. */
  withdraw(): Promise<string | null>
  /** Whether jobs of the run before are to be opened by this one. */
  opensJobs(): boolean
  /** The parts are there: opens what the run before had, as soon as the backend answers. */
  start(): void
  /** A backend answers: what waits for it is opened, before anybody else hears of it. */
  backendAnswers(): void
  /** The program ends: what was prepared becomes what is open at its end. */
  finish(): Promise<void>
}

/** A prepared restart is to be right whenever the program is ended, by whomever. */
const followEveryMs = 2000
const whatIsOpen = ({ jobs, captures }: RestartPlan): string =>
  JSON.stringify([jobs, captures.map(({ folder, jobId }) => [folder, jobId])])

export async function openCoreRestart(options: CoreRestartOptions): Promise<CoreRestart> {
  const { dataFolder, clock, notices } = options
  const log = options.log.with({ component: 'restart' })
  const file = join(dataFolder, restartPlanName)
  const problems: KeptFileProblem[] = []
  const kept = await openKeptFile<RestartPlan>({
    file,
    version: restartPlanVersion,
    parse: (value) => restartPlan.safeParse(value).data ?? null,
    clock,
    onProblem: (problem) => void problems.push(problem),
    onError: options.onError
  })
  const ignored = kept.initial && whyIgnored(kept.initial, clock.nowMs())
  const plan = kept.initial && ignored === null ? kept.initial : null
  const pending: PlannedJob[] = [...(plan?.jobs ?? [])]
  const reopened: string[] = []
  const failed: string[] = []
  /** Jobs of this run that stand for one of the plan. */
  const claimed = new Set<string>()
  let isPrepared = false
  let stopFollowing: (() => void) | null = null
  let lastOpen = ''
  let isStarted = false
  let isOpening = false
  let isEnding = false
  let writing: Promise<unknown> = Promise.resolve()

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = writing.then(work, work)
    writing = done.catch(() => undefined)
    return done
  }
  const forget = (): Promise<void> =>
    inTurn(() =>
      unlink(file).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') options.onError(error)
      })
    )

  /** In the log, on the timeline and where it stays until it was read. */
  function say(event: string, severity: 'info' | 'warning', title: string, detail: string): void {
    log[severity](event, { detail })
    options.health().changed('action', severity, `${title}. ${detail}`)
    notices.add({ severity, title, detail, jobId: null })
  }

  function planNow(): RestartPlan {
    const jobs = options
      .jobs()
      .list()
      .filter(({ endedAtNs }) => endedAtNs === null)
    const captures = options
      .sessions()
      .captures.list()
      .filter(({ state }) => state === 'recording' || state === 'starting')
    return {
      atMs: clock.nowMs(),
      jobs: [
        ...jobs.map(({ id, request, playback }): PlannedJob => ({
          id,
          request,
          pace: playback?.pace ?? null,
          loop: playback?.loop ?? null,
          file: request.recording === null ? null : options.files().pathOf(request.recording)
        })),
        ...pending
      ].slice(0, plannedJobsMost),
      captures: captures.map(({ jobId, folder, name, acknowledgedBlocks }) => ({
        jobId,
        folder,
        name,
        acknowledgedBlocks
      })),
      tasks: options.tasks().queue().length
    }
  }

  const write = (written: RestartPlan): Promise<void> =>
    inTurn(() => writeFileAtomic(file, `${JSON.stringify({ version: restartPlanVersion, ...written }, null, 2)}\n`))

  /** Jobs that are opened and closed until the restart. */
  function follow(): void {
    const now = planNow()
    if (whatIsOpen(now) === lastOpen) return
    lastOpen = whatIsOpen(now)
    write(now).catch(options.onError)
  }

  function openOne(job: PlannedJob): void {
    const running = options
      .jobs()
      .list()
      .find((one) => one.endedAtNs === null && !claimed.has(one.id) && sameRequest(one.request, job.request))
    if (running) {
      // Its window was quicker.
      claimed.add(running.id)
      reopened.push(running.id)
      return
    }
    const result = options.jobs().open(job.request, null, job.pace)
    if (!result.ok) {
      failed.push(`${job.id}: ${result.error.message}`)
      return
    }
    const { id } = result.value
    claimed.add(id)
    reopened.push(id)
    if (job.loop) options.jobs().setLoop(id, job.loop)
    options.opened(result.value)
  }

  function finished(): void {
    const { atMs, captures, tasks } = plan!
    const facts = [
      `The run before prepared it at ${timeOf(atMs)} UTC, because memory was short or somebody asked for it.`,
      reopened.length > 0
        ? `Open again: ${reopened.join(', ')}; windows show them in their tiles, with every row.`
        : 'No job was open.',
      failed.length > 0 ? `Not opened: ${failed.join(' ')}` : null,
      tasks > 0 ? `${counted(tasks, 'background task')} that waited ${tasks === 1 ? 'goes' : 'go'} on.` : null,
      captures.length > 0
        ? `${captures.length === 1 ? 'A capture was' : `${captures.length} captures were`} closed by the restart: ${capturesSentence(captures)}. Start ${captures.length === 1 ? 'it' : 'them'} again where the data is still wanted.`
        : null
    ]
    const severity = failed.length > 0 || captures.length > 0 ? 'warning' : 'info'
    say('restart_resumed', severity, 'The prepared restart is done', facts.filter((fact) => fact !== null).join(' '))
    if (!isPrepared) void forget()
  }

  async function openRecordings(): Promise<void> {
    for (const job of [...pending]) {
      if (job.request.timeRange === null || (job.file === null && !options.isUp(job.request))) continue
      try {
        if (job.file !== null) await options.files().offer(job.file)
        await options.learn(job.request)
        if (isEnding) return
        openOne(job)
      } catch (error) {
        failed.push(`${job.id}: ${error instanceof Error ? error.message : String(error)}`)
      }
      pending.splice(pending.indexOf(job), 1)
    }
  }

  /** Live jobs in this very turn; recordings when the backend has told what they are. */
  async function open(): Promise<void> {
    if (!isStarted || isEnding || pending.length === 0) return
    for (const job of pending.filter(({ request }) => request.timeRange === null && options.isUp(request))) {
      pending.splice(pending.indexOf(job), 1)
      openOne(job)
    }
    if (isOpening) return
    isOpening = true
    try {
      await openRecordings()
    } finally {
      isOpening = false
    }
    if (pending.length === 0 && !isEnding) finished()
  }

  return {
    async prepare() {
      const now = planNow()
      await write(now)
      await options.log.flush()
      isPrepared = true
      lastOpen = whatIsOpen(now)
      stopFollowing ??= clock.every(followEveryMs, follow)
      const blocks = now.captures.reduce((sum, { acknowledgedBlocks }) => sum + acknowledgedBlocks, 0)
      const [has, goes] = now.captures.length === 1 ? ['capture has', 'goes'] : ['captures have', 'go']
      const safe =
        now.captures.length === 0
          ? 'No capture runs.'
          : `${now.captures.length} running ${has} ${blocks} blocks safe on the disk and ${goes} on.`
      return `${counted(now.jobs.length, 'open job')} ${now.jobs.length === 1 ? 'is' : 'are'} written down in ${restartPlanName} and opened again by the next start. ${safe} Restart the program when it suits.`
    },
    async withdraw() {
      if (!isPrepared) return null
      isPrepared = false
      stopFollowing?.()
      stopFollowing = null
      await forget()
      return 'The next start begins as usual.'
    },
    opensJobs: () => pending.length > 0,
    start() {
      isStarted = true
      const [damaged] = problems
      if (damaged) {
        const { reason, keptAside } = damaged
        say(
          'restart_plan_damaged',
          'warning',
          'The prepared restart cannot be used',
          `${restartPlanName} ${reason}; jobs are not opened from it.${keptAside === null ? '' : ` It is kept as ${keptAside}.`}`
        )
        void forget()
      } else if (kept.initial && ignored !== null) {
        const { atMs, jobs, captures } = kept.initial
        const named = captures.length > 0 ? ` Captures that ran then: ${capturesSentence(captures)}.` : ''
        say(
          'restart_plan_ignored',
          'info',
          'A prepared restart was not used',
          `${restartPlanName} of ${timeOf(atMs)} UTC ${ignored}: its ${counted(jobs.length, 'job')} ${jobs.length === 1 ? 'is' : 'are'} not opened.${named}`
        )
        void forget()
      } else if (plan && pending.length === 0) finished()
      else open().catch(options.onError)
    },
    backendAnswers: () => void open().catch(options.onError),
    async finish() {
      isEnding = true
      stopFollowing?.()
      if (isPrepared) await write(planNow()).catch(options.onError)
      else if (plan && pending.length > 0) await write({ ...plan, jobs: [...pending] }).catch(options.onError)
      await writing
    }
  }
}
