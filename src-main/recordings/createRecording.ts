import { Hdf5Problem } from './hdf5/hdf5Library.ts'
import { RecordingError, type ReadRange, type Recording, type RecordingInfo, type SampleArray } from './recording.ts'

/** The part of a recording that differs between formats: reading what is known to lie inside the shape. */
export interface SampleStore {
  read(range: ReadRange): Promise<SampleArray>
  close(): Promise<void>
}

/** Checks ranges, and turns what goes wrong while reading into a `RecordingError` that names the place. */
export function createRecording(info: RecordingInfo, store: SampleStore): Recording {
  let isClosed = false
  const refuse = (message: string): never => {
    throw new RecordingError(info.file, message)
  }
  const checkAxis = (axis: 'time' | 'channel', { from, to, stride = 1 }: ReadRange['time']): void => {
    const length = info.shape[axis]
    const isInside =
      [from, to, stride].every(Number.isSafeInteger) && from >= 0 && from <= to && to <= length && stride >= 1
    if (!isInside)
      refuse(`${axis} indices ${from} to ${to}, step ${stride}, do not lie in the ${length} that there are`)
  }
  return {
    info,
    async read(range) {
      if (isClosed) refuse('was closed before this read')
      checkAxis('time', range.time)
      checkAxis('channel', range.channel)
      const band = range.band ?? 0
      if (!Number.isSafeInteger(band) || band < 0 || band >= Math.max(1, info.bands.length))
        refuse(`band ${band} is not one of the ${info.bands.length} that there are`)
      try {
        return await store.read(range)
      } catch (error) {
        if (error instanceof RecordingError) throw error
        if (!isExpected(error)) throw error
        return refuse(`samples ${range.time.from} to ${range.time.to} cannot be read: ${error.message}`)
      }
    },
    async close() {
      if (isClosed) return
      isClosed = true
      await store.close()
    }
  }
}

/** A damaged file, or a file system that fails; anything else is a bug and stays one. */
export const isExpected = (error: unknown): error is Error =>
  error instanceof Hdf5Problem || (error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string')
