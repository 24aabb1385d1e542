import type { ReadRange, RecordingAssumptions, RecordingInfo, SampleArray } from '../recording.ts'

/** Recordings go by numbers that the asking side gives out. */
export type ReadCommand =
  | { kind: 'open'; recording: number; path: string; assumptions: RecordingAssumptions }
  | { kind: 'read'; recording: number; range: ReadRange }
  | { kind: 'close'; recording: number }

export type ReadRequest = ReadCommand & { sequence: number }

/** `problem` is what `RecordingError` says of the file, without its name; `bug` anything else, with its stack. */
export type ReadAnswer = { sequence: number } & (
  | { kind: 'opened'; info: RecordingInfo }
  | { kind: 'values'; values: SampleArray }
  | { kind: 'closed' }
  | { kind: 'problem'; message: string }
  | { kind: 'bug'; message: string }
)
