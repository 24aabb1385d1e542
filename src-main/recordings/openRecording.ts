import type { Recording, RecordingAssumptions } from './recording.ts'
import { RecordingReader } from './worker/recordingReader.ts'
import { recordingWorkerFile } from './worker/workerFile.ts'

/** The reading thread of this process: none until the first recording is opened, none again when all are closed. */
const reader = new RecordingReader({ workerFile: recordingWorkerFile() })

/** How often a file made the reading thread of this process hang or end; for health. */
export const readingThreadLosses = (): { count: number; reason: string } => reader.losses()

/**
 * Opens a recording of any known format, lazily: samples are read when they are asked for, on a thread of their own, so
 * that neither a slow disk nor a damaged file holds up the caller's. The caller closes it. Throws `RecordingError` with
 * one sentence: which file, where in it, what is wrong.
 */
export const openRecording = (path: string, assumptions: RecordingAssumptions = {}): Promise<Recording> =>
  reader.open(path, assumptions)
