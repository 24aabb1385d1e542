import { openRecording } from '../recordings/openRecording.ts'
import type { Recording } from '../recordings/recording.ts'
import { type RecordingAssumptionStore, recordingAssumptionStore } from '../storage/recordingAssumptions.ts'

/** Opens a recording with what was said of it before. Throws `RecordingError`. */
export const openWith =
  (store: RecordingAssumptionStore) =>
  async (path: string): Promise<Recording> =>
    openRecording(path, await store.of(path))

/** The same, for those who know the data folder alone: threads and commands. */
export const openRemembered = (dataFolder: string): ((path: string) => Promise<Recording>) =>
  openWith(recordingAssumptionStore(dataFolder))
