import type { Group } from 'h5wasm/node'
import { type AttributeFixture, setAttributes, writeHdf5 } from './hdf5Fixtures.ts'

type Samples = Int16Array | Int32Array | Float32Array | Float64Array

export const epochS = 1_700_000_000
export const epochNs = BigInt(epochS) * 1_000_000_000n

/** Row · 100 + channel, in the order asked for. */
export function ramp<T extends Samples>(
  Kind: new (length: number) => T,
  rows: number,
  channels: number,
  order: 'time-channel' | 'channel-time' = 'time-channel'
): T {
  const samples = new Kind(rows * channels)
  for (let row = 0; row < rows; row++)
    for (let channel = 0; channel < channels; channel++)
      samples[order === 'time-channel' ? row * channels + channel : channel * rows + row] = row * 100 + channel
  return samples
}

/** A one-dimensional list, or with `shape` any other. */
export const addNumbers = (group: Group, name: string, data: Samples, shape: number[] = [data.length]) =>
  group.create_dataset({ name, data, shape })

export const addScalar = (group: Group, name: string, value: number | string) =>
  group.create_dataset({ name, data: typeof value === 'string' ? value : new Float64Array([value]), shape: [] })

export interface FebusFixture {
  blocks?: number
  blockRows?: number
  channels?: number
  /** Epoch seconds of each block; null: no dataset. */
  times?: number[] | null
  timeShape?: number[]
  zone?: Record<string, AttributeFixture | number[] | undefined>
  datasets?: Record<string, number>
  sample?: (block: number, row: number, channel: number) => number
}

/** Every second row of a block is new unless said otherwise: row r of block b is moment b · 10 + r of a ramp. */
export function writeFebus(path: string, fixture: FebusFixture = {}): Promise<void> {
  const { blocks = 6, blockRows = 20, channels = 4, datasets = { StrainRate: 3 } } = fixture
  const times = fixture.times === undefined ? Array.from({ length: blocks }, (_, i) => epochS + i) : fixture.times
  const sample = fixture.sample ?? ((block, row, channel) => (block * 10 + row) * 100 + channel)
  return writeHdf5(path, (file) => {
    const source = file.create_group('fa1-1').create_group('Source1')
    setAttributes(source, { Hostname: 'fa1-1', SamplingRate: 250_000_000 })
    if (times) addNumbers(source, 'time', Float64Array.from(times), fixture.timeShape ?? [1, times.length])
    const zone = source.create_group('Zone1')
    const attributes = {
      Version: '2.3.1',
      Spacing: [2.4, 100, 1],
      Origin: [5, -1000, 0],
      Extent: [10, 10 + channels - 1, 0, blockRows - 1, 0, 0],
      GaugeLength: 9.6,
      BlockOverlap: 50,
      ...fixture.zone
    }
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined) continue
      if (Array.isArray(value) && typeof value[0] === 'number')
        zone.create_attribute(name, Float64Array.from(value as number[]), [value.length], '<d')
      else setAttributes(zone, { [name]: value as AttributeFixture })
    }
    for (const [name, dimensions] of Object.entries(datasets)) {
      const data = new Float32Array(blocks * blockRows * channels)
      for (let i = 0; i < data.length; i++)
        data[i] = sample(Math.floor(i / channels / blockRows), Math.floor(i / channels) % blockRows, i % channels)
      addNumbers(zone, name, data, dimensions === 3 ? [blocks, blockRows, channels] : [blocks * blockRows, channels])
    }
  })
}

const silixaAttributes = {
  'SamplingFrequency[Hz]': '500',
  'SpatialResolution[m]': '2',
  'Fibre Length Multiplier': '1.02',
  'MeasureLength[m]': '12',
  'StreamTime[s]': '0.04',
  'Start Distance (m)': '-7.5',
  'StartPosition[m]': '100',
  GaugeLength: '10',
  GPSTimeStamp: '03/02/2024 18:29:26.158 (UTC)',
  CPUTimeStamp: '03/02/2024 18:52:18.801 (UTC)',
  'Unit Calibration (nm)': '116',
  iDASVersion: '2.4'
}

/** Attributes that are null are left out. */
const withoutNull = (attributes: Record<string, AttributeFixture | null>): Record<string, AttributeFixture> =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null)) as Record<
    string,
    AttributeFixture
  >

export function writeSilixaHdf5(
  path: string,
  changes: Record<string, AttributeFixture | null> = {},
  order: 'time-channel' | 'channel-time' = 'time-channel'
): Promise<void> {
  return writeHdf5(path, (file) => {
    const shape = order === 'time-channel' ? [20, 6] : [6, 20]
    const data = addNumbers(file, 'Acoustic', ramp(Int16Array, 20, 6, order), shape)
    setAttributes(data, withoutNull({ ...silixaAttributes, ...changes }))
  })
}

export function writeCarina(path: string, map: number[] = [-1, -1, 0, 1, 2, 3, 4, 5, -1]): Promise<void> {
  return writeHdf5(path, (file) => {
    addNumbers(file, 'Fiber', ramp(Int16Array, 20, 6), [20, 6])
    addNumbers(file, 'ChannelMap', Int32Array.from(map))
    setAttributes(file, {
      Samplerate: 100,
      StartTime: epochS * 1e6 + 5,
      'SamplingFrequency[Hz]': 1000,
      'SpatialResolution[m]': 1,
      'Fibre Length Multiplier': 1.02,
      'Start Distance (m)': -100,
      GaugeLength: 2,
      FilterGain: 4,
      'Unit Calibration (nm)': 116
    })
  })
}

export function writeNeubrex(path: string, changes: Record<string, AttributeFixture | null> = {}): Promise<void> {
  return writeHdf5(path, (file) => {
    const data = addNumbers(file, 'Acoustic', ramp(Float32Array, 20, 6), [20, 6])
    setAttributes(
      data,
      withoutNull({
        'NEUBRESCOPE.DAS.Model': 'NBX-S4110',
        'GPSTimeStamp(UTC)': '2023-05-22 06:25:34.6175051',
        'CPUTimeStamp(UTC)': '2023-05-22 06:25:35.618',
        DataPhysicalUnit: 'micro-strain/second',
        DataType: 'strain-rate',
        StartPosition: 12,
        StartStopPositionUnit: 'm',
        GaugeLength: 20,
        GaugeLengthUnit: 'cm',
        ...changes
      })
    )
    if (!('TimeSamplingInterval(seconds)' in changes))
      data.create_attribute('TimeSamplingInterval(seconds)', new Float32Array([0.001]), [], '<f')
    data.create_attribute('SpatialSamplingInterval', new Float32Array([0.5]), [], '<f')
  })
}

export interface Terra15Fixture {
  version?: string
  rows?: number
  channels?: number
  gps?: number[] | null
  posix?: number[] | null
  root?: Record<string, AttributeFixture | null>
}

export function writeTerra15(path: string, fixture: Terra15Fixture = {}): Promise<void> {
  const { version = '6', rows = 30, channels = 5 } = fixture
  const even = Array.from({ length: rows }, (_, i) => epochS + 0.25 + i * 0.0005)
  return writeHdf5(path, (file) => {
    setAttributes(
      file,
      withoutNull({
        file_version: version,
        data_product: 'deformation_rate',
        data_product_units: 'm/s',
        nx: channels,
        dx: 4.8,
        sensing_range_start: -12.5,
        gauge_length: 9.6,
        pulse_rate: 4000,
        // Off by a tenth, as the clocks of the two differ.
        dt_computer: 0.00055,
        serial_number: 'T-7',
        ...fixture.root
      })
    )
    const group = file.create_group(version === '4' ? 'deformation_rate' : 'data_product')
    addNumbers(group, 'data', ramp(Float32Array, rows, channels), [rows, channels])
    const { gps = even, posix = null } = fixture
    if (gps) addNumbers(group, 'gps_time', Float64Array.from(gps))
    if (posix) addNumbers(group, 'posix_time', Float64Array.from(posix))
  })
}

export function writeApSensing(
  path: string,
  changes: Record<string, number | string | null> = {},
  order: 'time-channel' | 'channel-time' = 'time-channel'
): Promise<void> {
  return writeHdf5(path, (file) => {
    const values: Record<string, number | string | null> = {
      'ProcessingServer/DataRate': 500,
      'ProcessingServer/SpatialSampling': 1.25,
      'ProcessingServer/GaugeLength': 5,
      'ProcessingServer/RadiansToNanoStrain': 21.5,
      'ProcessingServer/DataType': 'SCALED_DIFFERENTIAL_PHASE_32',
      'Metadata/Timestamp': '2023-09-24T12:46:31.739618Z',
      'Metadata/Timezone': 'UTC',
      'Metadata/TraceCount': 20,
      'DAQ/PositionStart': 100,
      'DAQ/PositionEnd': 112.5,
      'DAQ/SpatialPoints': 6,
      'Interrogator/Model': 'N5225B',
      ...changes
    }
    for (const group of ['ProcessingServer', 'Metadata', 'DAQ', 'Interrogator']) file.create_group(group)
    for (const [name, value] of Object.entries(values)) {
      if (value === null) continue
      const [group, last] = name.split('/') as [string, string]
      addScalar(file.get(group) as Group, last, value)
    }
    addNumbers(file, 'DAS', ramp(Int32Array, 20, 6, order), order === 'time-channel' ? [20, 6] : [6, 20])
  })
}

export function writeApSensingStrain(path: string, fiberLength = 12): Promise<void> {
  return writeHdf5(path, (file) => {
    addNumbers(file, 'strain', ramp(Float32Array, 20, 6), [20, 6])
    addScalar(file, 'spatialsampling', 2)
    addScalar(file, 'RepetitionFrequency', 1000)
    addScalar(file, 'GaugeLength', 8)
    addScalar(file, 'Fiberlength', fiberLength)
  })
}

export interface Odh3Fixture {
  times?: number[]
  positions?: number[]
  shape?: [number, number]
}

export function writeOdh3(path: string, fixture: Odh3Fixture = {}): Promise<void> {
  const { times = Array.from({ length: 20 }, (_, i) => epochS + i * 0.004), shape = [6, 20] } = fixture
  const positions = fixture.positions ?? Array.from({ length: 6 }, (_, i) => 50 + i * 2.5)
  return writeHdf5(path, (file) => {
    addNumbers(file, 'data', ramp(Float32Array, 20, 6, shape[0] === 6 ? 'channel-time' : 'time-channel'), shape)
    addNumbers(file, 't_axis', Float64Array.from(times))
    addNumbers(file, 'x_axis', Float64Array.from(positions))
  })
}

export function writeOdh4(path: string, changes: Record<string, AttributeFixture | null> = {}): Promise<void> {
  return writeHdf5(path, (file) => {
    addNumbers(file, 'raw_data', ramp(Float32Array, 20, 6, 'channel-time'), [6, 20])
    setAttributes(
      file,
      withoutNull({
        starttime: '2023-02-14T00:00:28.250000',
        endtime: '2023-02-14T00:00:28.290000',
        'sampling rate Hz': 500,
        'channel spacing m': 2,
        channel_start: 40n,
        channel_end: 46n,
        'GL m': 16,
        raw_data_units: 'phase shift in radians',
        'scale factor to strain': 1.25e-8,
        ...changes
      })
    )
  })
}

const hdasHeader = (changes: Record<number, number>): Float64Array => {
  const header = new Float64Array(200)
  const values = { 0: 200, 1: 10, 6: 2000, 11: 60, 15: 20, 98: 1, 100: epochS + 0.25, ...changes }
  for (const [place, value] of Object.entries(values)) header[Number(place)] = value
  return header
}

export function writeHdas(path: string, header: Record<number, number> = {}): Promise<void> {
  return writeHdf5(path, (file) => {
    addNumbers(file, 'HDAS_DATA', ramp(Int16Array, 20, 6), [20, 6])
    addNumbers(file, 'File_Header', hdasHeader(header), [1, 200])
  })
}

export function writeHdasSecond(path: string, startTime: string | null = '2023-02-09T21:12:28'): Promise<void> {
  return writeHdf5(path, (file) => {
    const data = addNumbers(file, 'data', ramp(Float32Array, 20, 6, 'channel-time'), [6, 20])
    if (startTime !== null) setAttributes(data, { start_time: startTime })
    addNumbers(file, 'hdas_header', Float32Array.from(hdasHeader({ 6: 1000 })), [200])
  })
}

export function writeHdasStrainRate(
  path: string,
  fixture: { times?: number[]; header?: Record<number, number> } = {}
): Promise<void> {
  const header = new Float64Array(200)
  const values = { 1: 1000, 44: 10, 49: 2, 72: 60, 76: 5, 101: 1, 129: 0, 199: 1, ...fixture.header }
  for (const [place, value] of Object.entries(values)) header[Number(place)] = value
  const times = fixture.times ?? Array.from({ length: 20 }, (_, i) => epochS + i * 0.01)
  return writeHdf5(path, (file) => {
    addNumbers(file.create_group('StrainRate'), 'StrainRate_Data', ramp(Int16Array, 20, 6), [20, 6])
    addNumbers(file.create_group('Timestamps'), 'Timestamps_Data', Float64Array.from(times), [times.length, 1])
    addNumbers(file.create_group('Header'), 'Header_Data', header, [1, 200])
  })
}
