import type { RecordingFormat } from './recordingFormat.ts'

/** Formats of seismology, and binary ones of the field that are no HDF5. */
export const seismicFormats: readonly RecordingFormat[] = []
