import { type Command, InvalidArgumentError } from 'commander'
import { nanosecondsFromIso, type Nanoseconds } from '../../src-preload/contract/units.ts'
import { openRecording } from '../recordings/openRecording.ts'
import type { Recording, RecordingAssumptions } from '../recordings/recording.ts'
import { dataFolder } from '../storage/dataFolder.ts'
import { recordingAssumptionStore } from '../storage/recordingAssumptions.ts'

/** The options that `addAssumptionOptions` adds, as commander hands them out. */
export interface AssumptionOptions {
  rate?: number
  spacing?: number
  start?: Nanoseconds
  firstDistance?: number
  timeAxis?: 0 | 1
}

function positive(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('Give a number above 0.')
  return value
}

function finite(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value)) throw new InvalidArgumentError('Give a number.')
  return value
}

function time(text: string): Nanoseconds {
  const timeNs = nanosecondsFromIso(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text)
  if (timeNs === null) throw new InvalidArgumentError('Give a time such as 2024-03-01T12:00:00.5Z.')
  return timeNs
}

function axis(text: string): 0 | 1 {
  if (text !== '0' && text !== '1') throw new InvalidArgumentError('Give 0 or 1.')
  return text === '0' ? 0 : 1
}

/** What can be said of a file that does not say it itself, with every command that opens one. */
export function addAssumptionOptions(command: Command): Command {
  return command
    .option('--rate <Hz>', 'sample rate, where the file does not say it (remembered)', positive)
    .option('--spacing <m>', 'channel spacing, where the file does not say it (remembered)', positive)
    .option('--start <time>', 'when it was recorded, where the file does not say it (remembered)', time)
    .option(
      '--first-distance <m>',
      'distance of the first channel, where the file does not say it (remembered)',
      finite
    )
    .option('--time-axis <0|1>', 'which axis of a bare array is time (remembered)', axis)
}

export function assumptionsOf(options: AssumptionOptions): RecordingAssumptions {
  const { rate, spacing, start, firstDistance, timeAxis } = options
  return {
    ...(rate === undefined ? {} : { sampleRateHz: rate }),
    ...(spacing === undefined ? {} : { channelSpacingM: spacing }),
    ...(start === undefined ? {} : { startTimeNs: start }),
    ...(firstDistance === undefined ? {} : { firstDistanceM: firstDistance }),
    ...(timeAxis === undefined ? {} : { timeAxis })
  }
}

/**
 * Opens a recording with what was said of it before and what is said now, and remembers the latter in `folder` once it has
 * opened.
 * Throws `RecordingError`.
 */
export async function openStated(
  path: string,
  options: AssumptionOptions = {},
  folder = dataFolder()
): Promise<Recording> {
  const store = recordingAssumptionStore(folder)
  const stated = assumptionsOf(options)
  const recording = await openRecording(path, { ...(await store.of(path)), ...stated })
  // A data folder that cannot be written keeps nobody from looking at a file.
  if (Object.keys(stated).length > 0) await store.remember(path, stated).catch(() => undefined)
  return recording
}
