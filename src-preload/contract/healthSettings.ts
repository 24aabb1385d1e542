import { z } from 'zod'

const megabytes = z.number().min(64).max(1e9)
const percent = z.number().min(1).max(100)
const switchedOn = z.boolean().default(true)
const seconds = z.number().min(1).max(86_400)
const milliseconds = z.number().min(1).max(3_600_000)

/** What health watches, and what it may do by itself. A megabyte is 10^6 bytes. */
export const healthSettings = z.object({
  intervalMs: z.number().int().min(250).max(60_000).default(1000).describe('Time between two collections of readings.'),
  recordIntervalS: seconds.default(45).describe('Time between two records of the history; 2 000 of them are kept.'),
  memoryIntervalS: seconds.default(30).describe('Time between two checks of memory against its levels.'),
  memoryWarningMb: megabytes.default(1024).describe('Memory of the program from which it is at the level warning.'),
  memoryCriticalMb: megabytes.default(2048).describe('Memory of the program from which it is at the level critical.'),
  memoryEmergencyMb: megabytes.default(4096).describe('Memory of the program from which it is at the level emergency.'),
  memoryWarningPercent: percent.default(70).describe('Memory of the machine, or heap, at the level warning.'),
  memoryCriticalPercent: percent.default(85).describe('Memory of the machine, or heap, at the level critical.'),
  memoryEmergencyPercent: percent.default(95).describe('Memory of the machine, or heap, at the level emergency.'),
  answers: switchedOn.describe('Whether the program does anything by itself when memory is short.'),
  answerGc: switchedOn.describe('When memory is short: collect garbage.'),
  answerGcCycles: z.number().int().min(1).max(10).default(3).describe('Cycles of it from the level critical on.'),
  answerCaches: switchedOn.describe('When memory is short: empty the caches.'),
  answerThrottle: switchedOn.describe('When memory is short: show fewer rows. Captures stay whole.'),
  answerStopTasks: switchedOn.describe('At the level emergency: background tasks wait.'),
  answerAlert: switchedOn.describe('When memory is short: raise an alert.'),
  answerRestart: switchedOn.describe('At the level emergency: prepare a restart with the sessions safe.'),
  answerAgainS: seconds.default(300).describe('While a level lasts, this is repeated no sooner.'),
  operationMemoryMb: megabytes
    .default(200)
    .describe('An operation (opening a file, an export, a picture …) that takes more memory is named with its stage.'),
  leakPercent: z.number().min(0.1).max(1000).default(10).describe('Steady growth of so much in the window is a leak.'),
  leakWindowS: z.number().min(5).max(86_400).default(300).describe('Window in which growth is looked for.'),
  forecasts: switchedOn.describe('Whether a limit that comes near raises an alert beforehand.'),
  forecastPercent: z.number().min(0.1).max(1000).default(5).describe('Steady change in the window that is foretold.'),
  forecastWindowS: z.number().min(5).max(86_400).default(600).describe('Window from which is foretold.'),
  cpuWarningPercent: percent.default(70).describe('Processor time of the machine that is a warning.'),
  cpuCriticalPercent: percent.default(85).describe('Processor time of the machine that is critical.'),
  responseCriticalMs: milliseconds.default(2000).describe('Time to an answer (p95) that is critical.'),
  latencyWarningMs: milliseconds.default(200).describe('Age of rows (p95) that is a warning.'),
  latencyCriticalMs: milliseconds.default(500).describe('Age of rows (p95) that is critical.'),
  queueAgeWarningMs: milliseconds.default(500).describe('Wait of rows for analysis that is a warning.'),
  queueAgeCriticalMs: milliseconds.default(2000).describe('Wait of rows for analysis that is critical.')
})
export type HealthSettings = z.infer<typeof healthSettings>
