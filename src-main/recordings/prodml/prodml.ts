import { createRecording } from '../createRecording.ts'
import { readSamples } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { type Attributes, textOf } from '../hdf5/hdf5Values.ts'
import { joinDatasets, type Joined, type Part, readJoined } from '../hdf5/joinDatasets.ts'
import { RecordingError, type RecordingInfo } from '../recording.ts'
import type { RecordingFormat } from '../recordingFormat.ts'
import { bandEnergyParts, describeBandEnergy } from './prodmlBandEnergy.ts'
import { describeRaw, rawParts } from './prodmlRaw.ts'

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
    const { info, bands } = await file.use((reader) => describe(reader, path))
    return createRecording(info, {
      read(range) {
        const parts = bands[range.band ?? 0]!
        return parts.length === 1
          ? readSamples(file, parts[0]!.dataset, range)
          : readJoined(parts, range, (dataset, part) => readSamples(file, dataset, part))
      },
      close: () => file.close()
    })
  }
}

interface Described {
  info: RecordingInfo
  /** For each band, or for samples alone: the datasets that follow each other in time. */
  bands: Part[][]
}

/** Describing a part takes some reads: with more of them, only the first is opened. */
const mostJoined = 500

function describe(reader: Hdf5Reader, file: string): Described {
  const acquisition = reader.attributes(acquisitionPath)
  const warnings = versionWarnings(acquisition)
  const raw = rawParts(reader)
  const bandEnergy = bandEnergyParts(reader)
  const isRaw = raw.filled.length > 0
  const same = isRaw ? raw.filled : bandEnergy.filled
  const used = same.slice(0, same.length > mostJoined ? 1 : same.length)
  const others = [...same.slice(used.length), ...(isRaw ? bandEnergy.filled : [])]
  for (const path of raw.empty) warnings.push(`${path.slice(1)} holds no samples and was left out.`)
  if (others.length > 0) {
    const names = others.slice(0, 5).map((path) => path.slice(1))
    const more = others.length > names.length ? ` and ${others.length - names.length} more` : ''
    warnings.push(`Not opened: ${names.join(', ')}${more}.`)
  }
  if (used.length === 0)
    throw new RecordingError(
      file,
      `is PRODML, but neither Acquisition/Raw[n]/RawData nor Acquisition/Processed/Fbe[n]/FbeData[k] holds samples`
    )
  const described = used.map((path) => {
    const part = (isRaw ? describeRaw : describeBandEnergy)({ reader, file, path, acquisition, warnings: [] })
    return { name: path.slice(1), ...part }
  })
  const join = (band: number): Joined =>
    joinDatasets(
      described.map(({ name, info, datasets }) => ({ name, info, dataset: datasets[band] ?? datasets[0]! })),
      'parts'
    )
  const first = join(0)
  const { info } = first
  info.warnings.unshift(...warnings)
  return { info, bands: [first.parts, ...info.bands.slice(1).map((_, index) => join(index + 1).parts)] }
}

function versionWarnings(acquisition: Attributes): string[] {
  const version = textOf(acquisition.schemaVersion)
  if (version === null) return ['There is no schemaVersion; the layout of PRODML 2.0 and 2.1 was assumed.']
  return /^2\.[01]/.test(version) ? [] : [`schemaVersion is ${version}; it was read as 2.1.`]
}
