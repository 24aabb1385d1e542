import { createRecording } from '../createRecording.ts'
import { readSamples } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { textOf } from '../hdf5/hdf5Values.ts'
import { joinDatasets, type Joined, readJoined } from '../hdf5/joinDatasets.ts'
import { RecordingError } from '../recording.ts'
import type { RecordingFormat } from '../recordingFormat.ts'
import { describeWaveform, withoutPickles } from './dasdaeWaveform.ts'

const waveforms = '/waveforms'
/** Describing a waveform takes some reads each: with more, only the first is opened. */
const mostJoined = 500

/** DASDAE files, version 1, as DASCore writes them: one or more arrays with their coordinates below `/waveforms`. */
export const dasdae: RecordingFormat = {
  name: 'dasdae',
  title: 'DASDAE 1 (HDF5)',

  async recognise({ hdf5 }) {
    return hdf5 ? hdf5.use((reader) => textOf(reader.attributes('/').__format__) === 'DASDAE') : false
  },

  async open({ path, hdf5 }) {
    const file = hdf5!
    const { info, parts } = await file.use((reader) => describe(reader, path))
    return createRecording(info, {
      read: (range) =>
        parts.length === 1
          ? readSamples(file, parts[0]!.dataset, range)
          : readJoined(parts, range, (dataset, part) => readSamples(file, dataset, part)),
      close: () => file.close()
    })
  }
}

function describe(reader: Hdf5Reader, file: string): Joined {
  const root = reader.attributes('/')
  const version = textOf(root.__DASDAE_version__)
  const warnings: string[] = []
  if (version !== '1') warnings.push(`The DASDAE version is ${version ?? 'not said'}; the file was read as version 1.`)
  const names = reader.names(waveforms)
  const filled = names.filter((name) => reader.isDataset(`${waveforms}/${name}/data`))
  if (filled.length === 0) throw new RecordingError(file, 'is DASDAE, but its waveforms hold no data')
  const empty = names.length - filled.length
  if (empty > 0) warnings.push(`${empty} of ${names.length} waveforms hold no data and were left out.`)
  const used = filled.length > mostJoined ? filled.slice(0, 1) : filled
  if (used.length < filled.length)
    warnings.push(`There are ${filled.length} waveforms, too many to join; only ${used[0]} was opened.`)
  const described = used.map((name) => describeWaveform(reader, file, `${waveforms}/${name}`, version))
  const joined = joinDatasets(described, 'waveforms')
  const { info } = joined
  addAttributes(info.metadata, '', withoutPickles(root))
  info.warnings.unshift(...warnings)
  return joined
}
