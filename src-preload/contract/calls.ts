import { z } from 'zod'
import { alertCalls } from './alerts.ts'
import { annotationCalls } from './annotations.ts'
import { accessCalls } from './access.ts'
import type { Result } from './errors.ts'
import { fileCalls } from './files.ts'
import { healthCalls } from './health.ts'
import { logCalls } from './logs.ts'
import {
  backendRecording,
  backendStatus,
  jobRequest,
  jobSnapshot,
  machineReading,
  nanosecondsText,
  notice,
  playbackPace,
  timeSpan,
  viewDescription,
  viewExtent,
  viewLayer
} from './schemas.ts'
import { overviewCalls } from './overview.ts'
import { sessionCalls } from './sessions.ts'
import { settingsCalls } from './settings.ts'
import { taskCalls } from './tasks.ts'
import { workbenchCalls } from './workbench.ts'

const nothing = z.object({})

const fieldError = z.object({ path: z.string(), message: z.string() })

export const loadEstimate = z.object({
  /** J4: channels · (f_max − f_min) · log2(nfft) · view multiplier. */
  score: z.number(),
  scoreLimit: z.number(),
  /** J4: channels · nfft · 8. */
  memoryBytes: z.number(),
  memoryLimitBytes: z.number(),
  fits: z.boolean(),
  /** What to change when it does not fit; empty when it does. */
  suggestion: z.string()
})
export type LoadEstimate = z.infer<typeof loadEstimate>

/**
 * Everything that a window or a script may ask. `area.verb`: arguments → result. Bridge, handlers and clients are typed
 * from this map; arguments are parsed with it at the edge of the core.
 */
export const calls = {
  'core.hello': {
    arguments: nothing,
    result: z.object({
      version: z.string(),
      shell: z.enum(['desktop', 'web']),
      dataFolder: z.string(),
      startedAtNs: nanosecondsText,
      /** The core's clock when it answered, so that a window on another machine can show the right time. */
      nowNs: nanosecondsText
    })
  },
  ...settingsCalls,
  'backend.status': { arguments: nothing, result: backendStatus },
  /** Recordings (time ranges) that overlap [fromNs, toNs); without limits: all that the backend lists. */
  'backend.recordings': {
    arguments: z.object({ fromNs: nanosecondsText.nullable(), toNs: nanosecondsText.nullable() }),
    result: z.array(backendRecording)
  },
  /** The request a fresh form starts with: a site's defaults, cut to what the backend has; or what shows a recording whole. */
  'jobs.defaults': { arguments: z.object({ recording: backendRecording.nullish() }), result: jobRequest },
  /** Checks while typing: every field's message, the load, never an error of the call itself. */
  'jobs.validate': {
    arguments: z.object({ request: jobRequest }),
    result: z.object({ fields: z.array(fieldError), load: loadEstimate })
  },
  /** Opens (or queues) a job. With `windowId` it closes when that window goes; without, it runs until closed. */
  'jobs.open': {
    arguments: z.object({
      request: jobRequest,
      windowId: z.string().nullable(),
      /** Of a historic job; as fast as it can be where it is not said. */
      pace: playbackPace.optional()
    }),
    result: jobSnapshot
  },
  /** Changes how fast a historic job is shown, while it runs. */
  'jobs.pace': { arguments: z.object({ jobId: z.string(), pace: playbackPace }), result: jobSnapshot },
  /**
   * Shows a historic job from another time on, at once: the job keeps its id, window, pace and counts, its picture begins anew.
   * One that has ended is opened again. Of seeks that follow each other closely the last one counts.
   */
  'jobs.seek': { arguments: z.object({ jobId: z.string(), toNs: nanosecondsText }), result: jobSnapshot },
  /** So many rows of the picture on (or back), whatever the pace; it stands still afterwards. */
  'jobs.step': {
    arguments: z.object({ jobId: z.string(), rows: z.number().int().min(-10_000).max(10_000) }),
    result: jobSnapshot
  },
  /** Plays a part of a historic job again and again; null: no more. */
  'jobs.loop': { arguments: z.object({ jobId: z.string(), loop: timeSpan.nullable() }), result: jobSnapshot },
  'jobs.close': { arguments: z.object({ jobId: z.string() }), result: jobSnapshot },
  /** Takes an ended job off the list. */
  'jobs.forget': { arguments: z.object({ jobId: z.string() }), result: nothing },
  'jobs.list': { arguments: nothing, result: z.array(jobSnapshot) },
  /**
   * Rows of a layer of a job to this client, kept ones first. One subscription belongs to one view of one window. `since`: the
   * view still has the rows of that epoch before `row`; where the epoch is the same, only those from there on are sent.
   */
  'views.attach': {
    arguments: z.object({
      jobId: z.string(),
      columnsMax: z.number().int().min(16).max(131_072),
      layer: viewLayer.default('picture'),
      since: z.object({ epoch: z.number(), row: z.number() }).nullable().default(null)
    }),
    result: z.object({ subscription: z.number(), description: viewDescription.nullable() })
  },
  'views.detach': { arguments: z.object({ subscription: z.number() }), result: nothing },
  /** Grants `frames` more row frames and reports how old the drawn ones were (end of data → drawn, ms). */
  'views.credit': {
    arguments: z.object({
      subscription: z.number(),
      frames: z.number().int().min(0).max(1000),
      drawnLatencyMs: z.array(z.number()).max(1000)
    }),
    result: nothing
  },
  /** What can be scrolled back to. */
  'views.extent': { arguments: z.object({ subscription: z.number() }), result: viewExtent },
  /**
   * Kept rows [firstRow, firstRow + rowCount) of a level, in that level's rows. They come as frames of the kind `reduced` with
   * this `request` before the answer, which says what was sent; what is not kept is left out.
   */
  'views.history': {
    arguments: z.object({
      subscription: z.number(),
      level: z.number().int().min(0).max(16),
      firstRow: z.number().int(),
      rowCount: z.number().int().min(1).max(4096),
      request: z.number()
    }),
    result: z.object({
      epoch: z.number(),
      sent: z.array(z.object({ firstRow: z.number(), rowCount: z.number() }))
    })
  },
  'notices.list': { arguments: nothing, result: z.array(notice) },
  'notices.dismiss': { arguments: z.object({ id: z.string() }), result: nothing },
  'machine.reading': { arguments: nothing, result: machineReading.nullable() },
  ...sessionCalls,
  ...taskCalls,
  ...alertCalls,
  ...healthCalls,
  ...workbenchCalls,
  ...fileCalls,
  ...overviewCalls,
  ...annotationCalls,
  ...logCalls,
  ...accessCalls
} as const

export type Calls = typeof calls
export type CallName = keyof Calls
/** As who asks writes them: what has a default may be left out. */
export type CallArguments<Name extends CallName> = z.input<Calls[Name]['arguments']>
/** As they are after they were parsed. */
export type ParsedArguments<Name extends CallName> = z.output<Calls[Name]['arguments']>
export type CallResult<Name extends CallName> = z.infer<Calls[Name]['result']>

export const isCallName = (name: string): name is CallName => Object.hasOwn(calls, name)

export type CallFunction = <Name extends CallName>(
  name: Name,
  args: CallArguments<Name>
) => Promise<Result<CallResult<Name>>>

/** What the core implements: one function a call. `Client` is whatever the core knows of who asks. */
export type Handlers<Client> = {
  [Name in CallName]: (args: ParsedArguments<Name>, client: Client) => Promise<Result<CallResult<Name>>>
}
