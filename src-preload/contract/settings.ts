import { z } from 'zod'
import { healthSettings } from './healthSettings.ts'
import { logSettings } from './logs.ts'
import { networkSettings } from './networkSettings.ts'
import { nanosecondsText } from './schemas.ts'

/**
 * What a person reads of a setting is its description here; its unit is the end of its name. `appliesAtOnce`: a change needs
 * no restart of the program.
 */
declare module 'zod' {
  interface GlobalMeta {
    appliesAtOnce?: boolean
  }
}

/** Limits and defaults of a site. Every number has its unit in its name and its default here. */
export const siteSettings = z.object({
  name: z.string().min(1).max(100).default('Embedded simulator').describe('What the site is called in this program.'),
  backendUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null)
    .describe('Address of the site’s Focus Server; may have a path, may be https. Empty: the embedded one.'),
  tlsCaFile: z
    .string()
    .nullable()
    .default(null)
    .describe('PEM file of the authority that signed the server’s certificate.'),
  tlsFingerprint256: z
    .string()
    .nullable()
    .default(null)
    .describe('SHA-256 fingerprint of the server’s certificate (hex, colons allowed), where no authority signed it.'),
  service: z
    .enum(['auto', 'blocks', 'rows'])
    .default('auto')
    .describe('Auto: raw blocks where the backend offers them, analysed rows otherwise.'),
  rowScale: z
    .enum(['as sent', 'linear', 'natural logarithm'])
    .default('as sent')
    .describe('How the values of a site’s analysed rows are scaled.'),
  channelLowest: z.number().int().min(1).default(1).describe('First channel that a job may ask for.'),
  channelHighest: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(2222)
    .describe('Last channel that a job may ask for, where the backend does not say.'),
  frequencyMinHz: z.number().min(0).default(0).describe('Lowest frequency that a band may begin at.'),
  frequencyMaxHz: z.number().positive().default(1000).describe('Highest frequency that a band may end at.'),
  frequencyRangeMinHz: z.number().min(0).default(1).describe('A band must be at least this wide.'),
  nfftMin: z.number().int().default(128).describe('Smallest NFFT.'),
  nfftMaxMany: z.number().int().default(2048).describe('Largest NFFT of views of many channels.'),
  nfftMaxSingle: z.number().int().default(65536).describe('Largest NFFT of a view of a single channel.'),
  windowsMax: z.number().int().min(1).max(1000).default(30).describe('Windows that may be open beside the main one.'),
  defaultStartChannel: z.number().int().default(11).describe('First channel of a fresh job form.'),
  defaultEndChannel: z.number().int().default(109).describe('Last channel of a fresh job form.'),
  defaultNfft: z.number().int().default(1024).describe('NFFT of a fresh job form.'),
  defaultRows: z.number().int().min(1).max(10_000).default(200).describe('Rows that a fresh historic job shows.'),
  defaultDurationS: z.number().int().min(1).max(3600).default(30).describe('Length of a fresh historic job.')
})
export type SiteSettings = z.infer<typeof siteSettings>

export const jobSettings = z.object({
  concurrentMax: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(30)
    .describe('Jobs that run at once; more wait in the queue.'),
  queueMax: z.number().int().min(0).max(10_000).default(100).describe('Jobs that may wait; more are refused.'),
  cpuRefusePercent: z
    .number()
    .min(1)
    .max(100)
    .default(85)
    .describe('Above this load of the processor, lasting for seconds, no new job is started.'),
  memoryRefusePercent: z
    .number()
    .min(1)
    .max(100)
    .default(90)
    .describe('Above this use of the machine’s memory no new job is started.'),
  memoryPerJobMaxBytes: z
    .number()
    .min(1e6)
    .default(1e9)
    .describe('A job whose memory estimate is above this is refused.'),
  historyLayerBytes: z
    .number()
    .int()
    .min(1e6)
    .max(16e9)
    .default(200e6)
    .describe('Most memory for the rows that a picture can be scrolled back to, all resolutions together.'),
  historyBytesMax: z
    .number()
    .int()
    .min(10e6)
    .max(64e9)
    .default(1.2e9)
    .describe('Most memory for the kept rows of all jobs together; each picture gets an equal share.'),
  staleAfterS: z.number().min(1).default(1800).describe('An ended job leaves the list after this time.')
})

export const streamSettings = z.object({
  stallAfterMs: z
    .number()
    .min(50)
    .max(60_000)
    .default(250)
    .describe('A stream that is silent for so long counts as stalled.'),
  noDataAfterMs: z
    .number()
    .min(500)
    .max(600_000)
    .default(5000)
    .describe('After so long the operator is told that no data comes.'),
  noDataLimitS: z.number().min(5).default(600).describe('A live job without data for so long is given up.'),
  controlTimeoutMs: z.number().min(100).default(10_000).describe('How long a control call to the backend may take.'),
  controlRetries: z
    .number()
    .int()
    .min(0)
    .max(20)
    .default(3)
    .describe('Tries of a control call after the first one failed.'),
  streamRetries: z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(10)
    .describe('Tries to connect a stream again before the job fails (NumGrpcRetries of a site).'),
  retryFirstMs: z
    .number()
    .min(10)
    .default(1000)
    .describe('Wait before the first try; each further one waits twice as long.'),
  retryMaxMs: z.number().min(10).default(30_000).describe('Longest wait between two tries.'),
  circuitFailures: z
    .number()
    .int()
    .min(1)
    .default(5)
    .describe('Failures in a row after which the backend is left alone for a while.'),
  circuitOpenMs: z.number().min(100).default(60_000).describe('How long a failing backend is left alone.')
})

/** Background tasks: exports, reports, clean-ups. */
export const taskSettings = z.object({
  workersMax: z.number().int().min(1).max(4).default(4).describe('Background tasks that run at once.'),
  retriesMax: z.number().int().min(0).max(20).default(3).describe('Tries of a failed task.'),
  retryFirstMs: z
    .number()
    .int()
    .min(10)
    .max(600_000)
    .default(1000)
    .describe('Wait before the first new try; each further one waits twice as long.'),
  timeoutS: z.number().min(1).max(86_400).default(300).describe('A task that does not get on for so long is given up.'),
  keptS: z.number().int().min(60).default(86_400).describe('How long an ended task stays on the list.'),
  waitingMax: z.number().int().min(1).max(10_000).default(200).describe('Tasks that may wait; more are refused.'),
  endedMax: z.number().int().min(1).max(10_000).default(200).describe('Ended tasks that are listed at most.')
})
export type TaskSettings = z.infer<typeof taskSettings>

export const displaySettings = z
  .object({
    theme: z.enum(['dark', 'light', 'system']).default('dark').describe('Colours of the windows.'),
    newestAt: z.enum(['top', 'bottom']).default('bottom').describe('Where a waterfall has its newest row.'),
    colourMap: z.string().default('viridis').describe('Colour map of pictures that have not chosen one.'),
    popOutCloses: z
      .enum(['return', 'close'])
      .default('return')
      .describe('What becomes of the view when its own window is closed: back into the main window, or closed too.'),
    batteryFramesPerS: z
      .number()
      .min(1)
      .max(60)
      .nullable()
      .default(10)
      .describe('Pictures are drawn no more often than this while the machine runs on its battery. Empty: no limit.'),
    showHints: z.boolean().default(true).describe('Shows the first steps in the panel of jobs.')
  })
  .meta({ appliesAtOnce: true })

export const settings = z.object({
  version: z.literal(1).default(1),
  site: siteSettings.prefault({}),
  jobs: jobSettings.prefault({}),
  streams: streamSettings.prefault({}),
  tasks: taskSettings.prefault({}),
  display: displaySettings.prefault({}),
  health: healthSettings.prefault({}),
  logs: logSettings.prefault({}),
  network: networkSettings.prefault({})
})
export type Settings = z.infer<typeof settings>
export type JobSettings = z.infer<typeof jobSettings>
export type StreamSettings = z.infer<typeof streamSettings>
export type DisplaySettings = z.infer<typeof displaySettings>

export const defaultSettings = (): Settings => settings.parse({})

const path = z.string().regex(/^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+){1,5}$/, 'not the path of a setting')

export const settingsChange = z.object({
  settings,
  /** The change is kept, and counts from the next start of the program on. */
  isAfterRestart: z.boolean()
})

/** Command line over environment over file over default. */
export const settingOrigin = z.enum(['default', 'file', 'environment', 'command line'])
export type SettingOrigin = z.infer<typeof settingOrigin>

/** A change of the settings file that can be taken back. */
export const settingsVersion = z.object({ id: z.string(), atNs: nanosecondsText, change: z.string() })
export type SettingsVersion = z.infer<typeof settingsVersion>

const settingProblem = z.object({ path: z.string(), message: z.string() })

export const settingsCalls = {
  'settings.get': { arguments: z.object({}), result: settings },
  'settings.setDisplay': { arguments: displaySettings.partial(), result: settings },
  /** One setting by its path, `site.channelLowest`. A wrong value changes nothing; `fields` has a message for each. */
  'settings.set': { arguments: z.object({ path, value: z.json() }), result: settingsChange },
  /** Back to the default. */
  'settings.reset': { arguments: z.object({ path }), result: settingsChange },
  /** Where each setting comes from that is not at its default, and which of them this program cannot change. */
  'settings.origins': { arguments: z.object({}), result: z.record(z.string(), settingOrigin) },
  /** What was changed, as a file for another machine. Secrets are not kept in settings. */
  'settings.export': { arguments: z.object({}), result: z.object({ text: z.string() }) },
  /** Takes what is right; one message for each key that is not, whose old value stays. */
  'settings.import': {
    arguments: z.object({ text: z.string().max(200_000) }),
    result: z.object({ settings, applied: z.array(z.string()), problems: z.array(settingProblem) })
  },
  /** The changes that are kept, newest first. */
  'settings.history': { arguments: z.object({}), result: z.array(settingsVersion) },
  /** The file as it was before a change. */
  'settings.restore': { arguments: z.object({ id: z.string() }), result: settings }
} as const
