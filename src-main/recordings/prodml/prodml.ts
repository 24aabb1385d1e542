import { createRecording } from '../createRecording.ts'
import { readSamples } from '../hdf5/hdf5Array.ts'
import type { Hdf5File, Hdf5Reader } from '../hdf5/hdf5File.ts'
import { type Attributes, textOf } from '../hdf5/hdf5Values.ts'
import { type Recording, RecordingError } from '../recording.ts'
import type { RecordingFormat } from '../recordingFormat.ts'
import { bandEnergyParts, describeBandEnergy } from './prodmlBandEnergy.ts'
import { describeRaw, rawParts } from './prodmlRaw.ts'
import type { PartDescription } from './prodmlPart.ts'

const acquisitionPath = '/Acquisition'

/**
 * PRODML DAS exchange files, 2.0 and 2.1: `Acquisition/Raw[n]`, or where those are empty the bands of
 * `Acquisition/Processed/Fbe[n]`. Written by OptaSense, Sintela and Silixa units, among others.
 */
export const prodml: RecordingFormat = {
  name: 'prodml',
  title: 'PRODML 2.0 and 2.1 (HDF5)',

  async recognise({ hdf5 }) {
    if (!hdf5) return false
    return hdf5.use((reader) => {
      if (!reader.isGroup(acquisitionPath)) return false
      const names = reader.names(acquisitionPath)
      const hasParts = names.some((name) => /^Raw(\[\d+\])?$/.test(name) || name === 'Processed')
      return hasParts || reader.attributes(acquisitionPath).schemaVersion !== undefined
    })
  },

  async open({ path, hdf5 }) {
    const file = hdf5!
    const part = await file.use((reader) => describe(reader, path))
    return recordingOf(file, part)
  }
}

function describe(reader: Hdf5Reader, file: string): PartDescription {
  const acquisition = reader.attributes(acquisitionPath)
  const warnings = versionWarnings(acquisition)
  const raw = rawParts(reader)
  const bands = bandEnergyParts(reader)
  const [used, ...others] = [...raw.filled, ...bands.filled]
  for (const path of raw.empty) warnings.push(`${path.slice(1)} holds no samples and was left out.`)
  if (others.length > 0)
    warnings.push(`Only ${used!.slice(1)} was opened; ${others.map((path) => path.slice(1)).join(', ')} were not.`)
  if (used === undefined)
    throw new RecordingError(
      file,
      `is PRODML, but neither Acquisition/Raw[n]/RawData nor Acquisition/Processed/Fbe[n]/FbeData[k] holds samples`
    )
  const isRaw = raw.filled.includes(used)
  return (isRaw ? describeRaw : describeBandEnergy)({ reader, file, path: used, acquisition, warnings })
}

function versionWarnings(acquisition: Attributes): string[] {
  const version = textOf(acquisition.schemaVersion)
  if (version === null) return ['There is no schemaVersion; the layout of PRODML 2.0 and 2.1 was assumed.']
  return /^2\.[01]/.test(version) ? [] : [`schemaVersion is ${version}; it was read as 2.1.`]
}

function recordingOf(file: Hdf5File, { info, datasets }: PartDescription): Recording {
  return createRecording(info, {
    read: (range) => readSamples(file, datasets[range.band ?? 0]!, range),
    close: () => file.close()
  })
}
