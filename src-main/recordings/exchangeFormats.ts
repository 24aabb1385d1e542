import type { RecordingFormat } from './recordingFormat.ts'
import { wavefallSession } from './session/wavefallSession.ts'

/** General containers (Zarr, NumPy, WAV …), sessions, and folders of recordings. */
export const exchangeFormats: readonly RecordingFormat[] = [wavefallSession]
