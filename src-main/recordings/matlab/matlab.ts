import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { describePlain } from '../plain/plainMatrix.ts'
import type { Candidate } from '../recordingFormat.ts'

const mark = 'MATLAB 7.3 MAT-file'

export function isMatlab(reader: Hdf5Reader, { head }: Candidate): boolean {
  if (String.fromCharCode(...head.subarray(0, mark.length)) === mark) return true
  const names = reader.names('/').slice(0, 100)
  return names.some((name) => reader.attributes(`/${name}`).MATLAB_class !== undefined)
}

/** MAT files of version 7.3: HDF5 with MATLAB's arrays, whose axes are the other way round in the file. */
export const matlab = hdf5Format({
  name: 'matlab',
  title: 'MATLAB MAT 7.3',
  isFallback: true,
  isBare: true,

  isRecognised: isMatlab,

  describe: (reader, candidate) =>
    describePlain(reader, candidate, { format: 'matlab', formatVersion: '7.3', isReversed: true })
})
