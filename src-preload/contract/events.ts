import { z } from 'zod'
import { alertEvents } from './alerts.ts'
import { annotationEvents } from './annotations.ts'
import { commandIds } from './commands.ts'
import { fileEvents } from './files.ts'
import { healthEvents } from './health.ts'
import { overviewEvents } from './overview.ts'
import { backendStatus, jobSnapshot, machineReading, notice, viewDescription } from './schemas.ts'
import { sessionEvents } from './sessions.ts'
import { settings } from './settings.ts'
import { taskEvents } from './tasks.ts'
import { workbenchEvents } from './workbench.ts'

/** Everything that a window may hear. Sent to every client, except `view.described`, which goes to the one concerned. */
export const events = {
  'job.changed': jobSnapshot,
  'job.forgotten': z.object({ jobId: z.string() }),
  'backend.changed': backendStatus,
  /** The backend's recordings may have changed. */
  'backend.recordingsChanged': z.object({}),
  'notices.changed': z.array(notice),
  'settings.changed': settings,
  'machine.reading': machineReading,
  ...sessionEvents,
  ...taskEvents,
  ...alertEvents,
  ...healthEvents,
  ...workbenchEvents,
  ...fileEvents,
  ...overviewEvents,
  ...annotationEvents,
  /** Before the first row frame of a new epoch. */
  'view.described': viewDescription,
  /** The shell asks the window to do what a menu entry says. */
  'window.command': z.object({
    command: z.enum([...commandIds, 'show-job']),
    jobId: z.string().nullable()
  })
} as const

export type Events = typeof events
export type EventName = keyof Events
export type EventPayload<Name extends EventName> = z.infer<Events[Name]>

export const isEventName = (name: string): name is EventName => Object.hasOwn(events, name)
