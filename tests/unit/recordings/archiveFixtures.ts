import type { Dataset, Group } from 'h5wasm/node'
import type { DamageFixture } from './damageFixtures.ts'
import { type AttributeFixture, setAttributes, writeHdf5 } from './hdf5Fixtures.ts'
import { addNumbers, addScalar, epochNs, epochS, ramp } from './interrogatorFixtures.ts'

const longs = (length: number, value: (index: number) => bigint): BigInt64Array =>
  BigInt64Array.from({ length }, (_, i) => value(i))

const addLongs = (group: Group, name: string, data: BigInt64Array): Dataset =>
  group.create_dataset({ name, data, shape: [data.length] })

export interface DasdaeWave {
  name?: string
  rows?: number
  channels?: number
  startNs?: bigint
  dimensions?: string
  attributes?: Record<string, AttributeFixture>
  distances?: number[]
  isDatetime?: boolean
}

export const dasdaeIntervalNs = 2_000_000n

/** As PyTables writes it, but for the type of its flags, which h5wasm cannot write. */
export const writeDasdae = (path: string, waves: DasdaeWave[] = [{}], version = '1'): Promise<void> =>
  writeHdf5(path, (file) => {
    setAttributes(file as unknown as Group, { __format__: { fixed: 'DASDAE' }, __DASDAE_version__: { fixed: version } })
    const waveforms = file.create_group('waveforms')
    for (const [i, wave] of waves.entries()) {
      const { rows = 20, channels = 4, startNs = epochNs, dimensions = 'time,distance', isDatetime = true } = wave
      const group = waveforms.create_group(wave.name ?? `DAS__${i}`)
      setAttributes(group, {
        _dims: dimensions,
        _cdims_time: 'time',
        _attrs_data_type: 'strain_rate',
        _attrs_data_units: 'm / s',
        _attrs_gauge_length: 10,
        _attrs_instrument_id: 'unit 7',
        _attrs_coords: '(dp0\nVtime\np1\n(dp2\nVdtype\np3\n',
        _attrs_tag: 'N.',
        ...wave.attributes
      })
      const order = dimensions.startsWith('time') ? 'time-channel' : 'channel-time'
      const shape = order === 'time-channel' ? [rows, channels] : [channels, rows]
      addNumbers(group, 'data', ramp(Float32Array, rows, channels, order), shape)
      const times = addLongs(
        group,
        '_coord_time',
        longs(rows, (row) => startNs + BigInt(row) * dasdaeIntervalNs)
      )
      times.create_attribute('is_datetime64', new Uint8Array([isDatetime ? 1 : 0]), [], '<B')
      const distances = wave.distances ?? Array.from({ length: channels }, (_, k) => 100 + k * 4.08)
      addNumbers(group, '_coord_distance', Float64Array.from(distances))
    }
  })

export interface XdasFixture {
  rows?: number
  channels?: number
  ties?: { indices: number[]; values: bigint[] }
  units?: string
  spelling?: '1.9' | '1.13' | 'sampled'
}

/** Tie points as Xdas has written them over the years: named by the dimension, by an interpolation, or as sampled runs. */
export const writeXdas = (path: string, fixture: XdasFixture = {}): Promise<void> =>
  writeHdf5(path, (file) => {
    const { rows = 20, channels = 4, units = 'nanoseconds since 1970-01-01', spelling = '1.13' } = fixture
    const root = file as unknown as Group
    const end = epochNs + BigInt(rows - 1) * dasdaeIntervalNs
    const { indices, values } = fixture.ties ?? { indices: [0, rows - 1], values: [epochNs, end] }
    setAttributes(root, { Conventions: spelling === '1.9' ? 'CF-1.9' : 'CF-1.13' })
    const isSampled = spelling === 'sampled'
    const lengths = indices.map((index, i) => (indices[i + 1] ?? rows) - index)
    addLongs(
      root,
      isSampled ? 'time_lengths' : 'time_indices',
      BigInt64Array.from((isSampled ? lengths : indices).map(BigInt))
    )
    setAttributes(addLongs(root, 'time_values', BigInt64Array.from(values)), { units, calendar: 'standard' })
    addLongs(root, 'distance_indices', BigInt64Array.from([0n, BigInt(channels - 1)]))
    addNumbers(root, 'distance_values', Float64Array.from([50, 50 + (channels - 1) * 2.5]))
    const data = addNumbers(root, '__values__', ramp(Float32Array, rows, channels), [rows, channels])
    const old = 'time: time_indices time_values distance: distance_indices distance_values'
    if (spelling === '1.9') return setAttributes(data, { coordinate_interpolation: old })
    const kind = isSampled ? 'sampling' : 'interpolation'
    setAttributes(addScalar(root, `time_${kind}`, Number.NaN), {
      tie_point_mapping: `time: ${isSampled ? 'time_lengths' : 'time_indices'} time_points`,
      ...(isSampled ? { sampling_interval: 2_000_000n, sampling_interval_units: 'nanoseconds' } : {})
    })
    setAttributes(addScalar(root, 'distance_interpolation', Number.NaN), {
      tie_point_mapping: 'distance: distance_indices distance_points'
    })
    setAttributes(data, {
      [`coordinate_${kind}`]: `time_values: time_${kind}`,
      ...(isSampled
        ? {}
        : { coordinate_interpolation: 'time_values: time_interpolation distance_values: distance_interpolation' })
    })
  })

export interface NetcdfFixture {
  rows?: number
  channels?: number
  dimensions?: [string, string]
  timeUnits?: string
  times?: Float64Array | BigInt64Array
  variable?: Record<string, AttributeFixture>
  /** A coordinate of distance beside channel numbers. */
  distances?: number[]
}

export const writeNetcdf = (path: string, fixture: NetcdfFixture = {}): Promise<void> =>
  writeHdf5(path, (file) => {
    const { rows = 20, channels = 4, dimensions = ['time', 'distance'] } = fixture
    const root = file as unknown as Group
    const times = fixture.times ?? longs(rows, (row) => BigInt(row) * 2n)
    const isLong = times instanceof BigInt64Array
    const time = isLong ? addLongs(root, 'time', times) : addNumbers(root, 'time', times)
    setAttributes(time, { units: fixture.timeUnits ?? 'milliseconds since 2023-11-14 22:13:20', calendar: 'standard' })
    time.make_scale('time')
    const other = dimensions.find((name) => name !== 'time')!
    const second = addNumbers(
      root,
      other,
      Float64Array.from({ length: channels }, (_, k) => (other === 'distance' ? 100 + k * 4.08 : 10 + 2 * k))
    )
    setAttributes(second, { units: 'm' })
    second.make_scale(other)
    if (fixture.distances) addNumbers(root, 'dist', Float64Array.from(fixture.distances))
    const order = dimensions[0] === 'time' ? 'time-channel' : 'channel-time'
    const data = addNumbers(
      root,
      'strain_rate',
      ramp(Float32Array, rows, channels, order),
      order === 'time-channel' ? [rows, channels] : [channels, rows]
    )
    setAttributes(data, { units: 'nm/m/s', ...fixture.variable })
    dimensions.forEach((name, i) => data.attach_scale(i, `/${name}`))
  })

export const writeGdr = (path: string, unit: Record<string, AttributeFixture> = {}): Promise<void> =>
  writeHdf5(path, (file) => {
    const metadata = file.create_group('DasMetadata')
    setAttributes(metadata, { MetadataStandard: 'DAS-RCN v1.10', RawDataStandard: 'PRODML v2.2' })
    const interrogator = metadata.create_group('Interrogator')
    setAttributes(interrogator, { Manufacturer: 'Maker', SerialNumber: 'S-7' })
    setAttributes(interrogator.create_group('Acquisition'), {
      SpatialSamplingInterval: 2,
      SpatialSamplingIntervalUnit: 'm',
      GaugeLength: 10,
      GaugeLengthUnit: 'm',
      UnitOfMeasure: 'strain-rate',
      ...unit
    })
    const raw = file.create_group('DasRawData')
    const data = addNumbers(raw, 'RawData', ramp(Float32Array, 20, 4, 'channel-time'), [4, 20])
    setAttributes(data, { DasDimensions: ['locus', 'time'], StartLocusIndex: 5n })
    addLongs(
      raw,
      'DasTimeArray',
      longs(20, (row) => epochNs + BigInt(row) * 2_000_000n)
    )
  })

export const writeAi4eps = (path: string, attributes: Record<string, AttributeFixture> = {}): Promise<void> =>
  writeHdf5(path, (file) => {
    const data = addNumbers(file as unknown as Group, 'data', ramp(Float32Array, 20, 4, 'channel-time'), [4, 20])
    setAttributes(data, {
      dx_m: 8,
      dt_s: 0.01,
      begin_time: '2023-11-14T22:13:20.000+00:00',
      unit: 'microstrain/s',
      event_id: 'ci38457511',
      ...attributes
    })
  })

export const writeUptech = (path: string): Promise<void> =>
  writeHdf5(path, (file) => {
    const acquisition = file.create_group('Acquisition')
    const data = addNumbers(acquisition, 'StrainRate', ramp(Float32Array, 20, 4), [20, 4])
    setAttributes(data, {
      acquisition_frequency: 500,
      fiber_length: 16,
      gauge_length: 8,
      sampling_interval: 4,
      spatial_resolution: 2
    })
    addNumbers(
      acquisition,
      'Time',
      Float64Array.from({ length: 20 }, (_, row) => epochS + row / 500)
    )
  })

export const writePuniu = (path: string, attributes: Record<string, AttributeFixture> = {}): Promise<void> =>
  writeHdf5(path, (file) => {
    const data = addNumbers(file as unknown as Group, 'default', ramp(Int16Array, 20, 4, 'channel-time'), [4, 20])
    setAttributes(data, {
      row_major_order: 'channel, time',
      sampling_rate: 500,
      spatial_sampling_rate: 2,
      step: 3n,
      start_channel: 9n,
      epoch: BigInt(epochS),
      ns: 123_456_789n,
      format: 'differential',
      ...attributes
    })
  })

export const writeNec = (path: string): Promise<void> =>
  writeHdf5(path, (file) => {
    const data = addNumbers(file as unknown as Group, 'data', ramp(Int16Array, 20, 4), [20, 4])
    setAttributes(data, {
      'Interval of monitor point': 5,
      'Interval time of data': 2,
      'Number of requested location points': 4n,
      'Radians peer digital value': 0.001,
      'Time of sending request': epochS * 1000 + 250,
      'Gauge length': 10
    })
  })

export const writeT8 = (path: string): Promise<void> =>
  writeHdf5(path, (file) => {
    const data = addNumbers(file.create_group('ProcessedData'), 'StrainRate', ramp(Float32Array, 20, 4), [20, 4])
    setAttributes(data, {
      'record/channel_spacing_m': 0.5,
      'downsampling/decimation_in_length': 4,
      'record/pulse_repetition_rate_hz': 2000,
      'downsampling/decimation_in_time': 4,
      'record/line_offset_m': 12,
      'record/start_time': '20231114T221320250000',
      'record/gauge_length_m': 7
    })
  })

export const writePlain = (path: string, fill: (file: Group) => void): Promise<void> =>
  writeHdf5(path, (file) => fill(file as unknown as Group))

/** MATLAB's axes are reversed in the file, and everything has two of them. */
export const writeMatlab = (path: string, variables: Record<string, { data: Float64Array; size: [number, number] }>) =>
  writeHdf5(path, (file) => {
    for (const [name, { data, size }] of Object.entries(variables))
      setAttributes(addNumbers(file as unknown as Group, name, data, [size[1], size[0]]), {
        MATLAB_class: { fixed: 'double' }
      })
  })

export const matlabRecording = {
  data: { data: ramp(Float64Array, 20, 4, 'channel-time'), size: [20, 4] as [number, number] },
  fs: { data: new Float64Array([500]), size: [1, 1] as [number, number] },
  dx: { data: new Float64Array([4]), size: [1, 1] as [number, number] }
}

export const archiveDamageFixtures: DamageFixture[] = [
  { name: 'dasdae.h5', write: (path) => writeDasdae(path, [{}, { startNs: epochNs + 60_000_000n }]) },
  { name: 'xdas.nc', write: (path) => writeXdas(path) },
  { name: 'netcdf.nc', write: (path) => writeNetcdf(path) },
  { name: 'gdr.h5', write: (path) => writeGdr(path) },
  { name: 'ai4eps.h5', write: (path) => writeAi4eps(path) },
  { name: 'uptech.h5', write: writeUptech },
  { name: 'puniu.h5', write: (path) => writePuniu(path) },
  { name: 'nec.h5', write: writeNec },
  { name: 't8.h5', write: writeT8 },
  { name: 'matlab.mat', write: (path) => writeMatlab(path, matlabRecording) },
  {
    name: 'plain.h5',
    write: (path) => writePlain(path, (file) => addNumbers(file, 'x', ramp(Float32Array, 20, 4), [20, 4]))
  }
]
