import type { Hdf5File } from './hdf5/hdf5File.ts'
import type { Recording, RecordingAssumptions } from './recording.ts'

/** A file or folder that wants to be recognised. */
export interface Candidate {
  path: string
  isFolder: boolean
  /** Names in the folder, sorted; empty for a file. */
  entries: string[]
  /** 0 for a folder. */
  sizeBytes: number
  /** The first bytes, at most 64 KiB; empty for a folder. */
  head: Uint8Array
  /** Where the file opens as HDF5; owned by the opener until a format takes it with its recording. */
  hdf5: Hdf5File | null
  /** What the opener says where the file is silent. */
  assumptions: RecordingAssumptions
}

/** One format of the field. To add one: a module that exports this, and its line in `openRecordingHere.ts`. */
export interface RecordingFormat {
  /** As `RecordingInfo.format` says it. */
  name: string
  /** What an operator calls it, for the sentence that says what was looked for. */
  title: string
  /** Asked only when no other format says yes: what it reads has no layout of its own. */
  isFallback?: boolean
  /** It has no place of its own for rates and distances: what a file lacks is named, with how to state it. */
  isBare?: boolean
  /** By content alone, cheaply, without reading samples. A file is opened by the one format that says yes. */
  recognise(candidate: Candidate): Promise<boolean>
  /**
   * Takes over `candidate.hdf5`, which the recording's `close` closes; when it throws, the opener closes it. Throws
   * `RecordingError`, or `Hdf5Problem`, which the opener turns into one.
   */
  open(candidate: Candidate): Promise<Recording>
}
