import { createRecording } from '../createRecording.ts'
import type { RecordingInfo } from '../recording.ts'
import type { Candidate, RecordingFormat } from '../recordingFormat.ts'
import { readSamples, type SampleDataset } from './hdf5Array.ts'
import type { Hdf5Reader } from './hdf5File.ts'
import type { Hdf5Value } from './hdf5Values.ts'

/** A format of HDF5 files whose samples are one dataset: what is needed to know it and to describe it. */
export interface Hdf5Layout extends Pick<RecordingFormat, 'name' | 'title' | 'isFallback' | 'isBare'> {
  isRecognised(reader: Hdf5Reader, candidate: Candidate): boolean
  /** Throws `RecordingError` or `Hdf5Problem`. */
  describe(reader: Hdf5Reader, candidate: Candidate): { info: RecordingInfo; dataset: SampleDataset }
}

export function hdf5Format({ isRecognised, describe, ...rest }: Hdf5Layout): RecordingFormat {
  return {
    ...rest,
    async recognise(candidate) {
      return candidate.hdf5 ? candidate.hdf5.use((reader) => isRecognised(reader, candidate)) : false
    },
    async open(candidate) {
      const file = candidate.hdf5!
      const { info, dataset } = await file.use((reader) => describe(reader, candidate))
      return createRecording(info, { read: (range) => readSamples(file, dataset, range), close: () => file.close() })
    }
  }
}

/** The numbers of a small dataset as a list; null where it is none or holds something else. */
export function numbersOf(value: Hdf5Value): number[] | null {
  if (value === null) return null
  const list = Array.isArray(value) ? value : [value]
  return list.every((entry) => typeof entry === 'number' || typeof entry === 'bigint') ? list.map(Number) : null
}
