import { z } from 'zod'
import { nanosecondsText } from './schemas.ts'

const timeAxis = z.union([z.literal(0), z.literal(1)])

/** What a person says of a file that does not say it itself. Null: nothing. */
export const statedOfFile = z.object({
  sampleRateHz: z.number().nullable(),
  startNs: nanosecondsText.nullable(),
  channelSpacingM: z.number().nullable(),
  firstDistanceM: z.number().nullable(),
  /** Which axis of a bare array is time. */
  timeAxis: timeAxis.nullable()
})
export type StatedOfFile = z.infer<typeof statedOfFile>
export type StatedField = keyof StatedOfFile

/** A file that cannot be opened before somebody says when, or how fast, it was recorded. */
export const fileQuestion = z.object({
  token: z.string(),
  /** Which window opened it; null: any may answer (files of the command line). */
  windowId: z.string().nullable(),
  name: z.string(),
  folder: z.string(),
  format: z.string(),
  /** What the file does not say, in words: `its sample rate and when it was recorded`. */
  missing: z.string(),
  /** What is known of it, by itself or from before; null is what can be stated. */
  known: z.object({
    sampleRateHz: z.number().nullable(),
    startNs: nanosecondsText.nullable(),
    channelSpacingM: z.number().nullable(),
    firstDistanceM: z.number().nullable(),
    /** Every channel has a distance of its own: spacing and first distance are not asked for. */
    hasDistances: z.boolean()
  }),
  /** As it would be read; a second one where the other axis may be time. */
  shapes: z
    .array(z.object({ timeAxis, rows: z.number(), channels: z.number() }))
    .min(1)
    .max(2)
})
export type FileQuestion = z.infer<typeof fileQuestion>

const nothing = z.object({})

export const fileCalls = {
  /** Desktop: asks for recording files with the system's dialog. Web: `unsupported`. */
  'files.choose': { arguments: nothing, result: z.object({ jobIds: z.array(z.string()) }) },
  /** Files that wait until somebody says what they do not. */
  'files.questions': { arguments: nothing, result: z.array(fileQuestion) },
  /** Remembers what is said of a file and opens it. What is wrong with it comes as `fields`, and the question stays. */
  'files.answer': {
    arguments: z.object({ token: z.string().max(100), windowId: z.string().nullable(), stated: statedOfFile }),
    result: z.object({ jobIds: z.array(z.string()) })
  },
  /** The file is not opened. */
  'files.dismiss': { arguments: z.object({ token: z.string().max(100) }), result: nothing }
} as const

export const fileEvents = { 'files.questionsChanged': z.array(fileQuestion) } as const

const rateMaxHz = 100e6
const spacingMaxM = 100_000
const distanceMaxM = 1e8
const longestS = 30 * 366 * 86_400
/** 1900-01-01 UTC. */
const earliestNs = -2_208_988_800_000_000_000n

/**
 * At most one message a field. Sample rate and start are needed where the file does not say them; 1970-01-01 stands for a
 * start that nobody knows. `nowNs` is the clock of who asks.
 */
export function problemsOfStated(
  { known, shapes }: Pick<FileQuestion, 'known' | 'shapes'>,
  stated: StatedOfFile,
  nowNs: bigint
): Partial<Record<StatedField, string>> {
  const problems: Partial<Record<StatedField, string>> = {}
  const { sampleRateHz: rate, startNs, channelSpacingM: spacing, firstDistanceM: first } = stated
  const shape = shapes.find((one) => one.timeAxis === stated.timeAxis) ?? shapes[0]!
  const rateHz = rate ?? known.sampleRateHz
  if (rateHz === null) problems.sampleRateHz = 'Give the sample rate: the file does not say it.'
  else if (!(rateHz > 0 && rateHz <= rateMaxHz))
    problems.sampleRateHz = 'The sample rate is a number of hertz above 0, at most 100 MHz.'
  else if (shape.rows / rateHz > longestS)
    problems.sampleRateHz = `At this rate its ${shape.rows} samples would last more than 30 years.`
  if (startNs === null && known.startNs === null)
    problems.startNs = 'Say when it was recorded, or that it is not known.'
  else if (startNs !== null && BigInt(startNs) < earliestNs) problems.startNs = 'The start is before 1900.'
  else if (startNs !== null && BigInt(startNs) > nowNs) problems.startNs = 'The start is in the future.'
  if (spacing !== null && !(spacing > 0 && spacing <= spacingMaxM))
    problems.channelSpacingM = 'The spacing is a number of metres above 0, at most 100 km.'
  if (first !== null && !(Math.abs(first) <= distanceMaxM))
    problems.firstDistanceM = 'The first distance is a number of metres.'
  if (stated.timeAxis !== null && !shapes.some((one) => one.timeAxis === stated.timeAxis))
    problems.timeAxis = 'The file itself says which axis is time.'
  return problems
}
