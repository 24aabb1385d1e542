import { prodml } from './prodml/prodml.ts'
import type { RecordingFormat } from './recordingFormat.ts'

/** HDF5 layouts of exchange standards, archives and programs of the field. */
export const archiveFormats: readonly RecordingFormat[] = [prodml]
