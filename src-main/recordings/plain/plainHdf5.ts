import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { isMatlab } from '../matlab/matlab.ts'
import { describePlain, matrices } from './plainMatrix.ts'
import { surroundings } from './surroundings.ts'

/** An HDF5 file that is no known layout, but holds a two-dimensional array of numbers. */
export const plainHdf5 = hdf5Format({
  name: 'hdf5',
  title: 'plain HDF5 with a two-dimensional array',
  isFallback: true,
  isBare: true,

  isRecognised: (reader, candidate) =>
    !isMatlab(reader, candidate) && matrices(surroundings(reader).datasets).length > 0,

  describe: (reader, candidate) =>
    describePlain(reader, candidate, { format: 'hdf5', formatVersion: null, isReversed: false })
})
