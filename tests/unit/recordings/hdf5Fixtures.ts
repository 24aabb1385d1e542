import { File, type Group, ready } from 'h5wasm/node'

type Numbers = Int16Array | Int32Array | Float32Array | Float64Array | BigInt64Array

export type AttributeFixture = string | number | bigint | string[] | { fixed: string }

/** Strings are of variable length unless `fixed`; bigints 64-bit integers; numbers float64. */
export function setAttribute(
  group: Group | ReturnType<Group['create_dataset']>,
  name: string,
  value: AttributeFixture
) {
  if (typeof value === 'bigint') group.create_attribute(name, new BigInt64Array([value]), [], '<q')
  else if (typeof value === 'number') group.create_attribute(name, new Float64Array([value]), [], '<d')
  else if (typeof value === 'object' && 'fixed' in value)
    group.create_attribute(name, [value.fixed], [1], `S${value.fixed.length + 3}`)
  else group.create_attribute(name, value)
}

export const setAttributes = (
  group: Group | ReturnType<Group['create_dataset']>,
  attributes: Record<string, AttributeFixture>
): void => Object.entries(attributes).forEach(([name, value]) => setAttribute(group, name, value))

export async function writeHdf5(path: string, fill: (file: File) => void): Promise<void> {
  await ready
  const file = new File(path, 'w')
  try {
    fill(file)
  } finally {
    file.close()
  }
}

export const startUs = 1_700_000_000_000_000n
export const startNs = startUs * 1000n

export interface ProdmlFixture {
  rows: number
  loci: number
  rateHz?: number
  order?: 'time-locus' | 'locus-time'
  dimensions?: string[] | null
  /** µs of each row; null: no time dataset. */
  times?: bigint[] | null
  numberOfLoci?: bigint | null
  acquisition?: Record<string, AttributeFixture>
  raw?: Record<string, AttributeFixture>
  data?: Record<string, AttributeFixture>
  values?: (row: number, locus: number) => number
  chunks?: [number, number] | null
  emptyFirst?: boolean
}

export const evenTimes = (rows: number, stepUs: bigint): bigint[] =>
  Array.from({ length: rows }, (_, i) => startUs + BigInt(i) * stepUs)

export const valueAt = (row: number, locus: number): number => row * 100 + locus

export function writeProdml(path: string, fixture: ProdmlFixture): Promise<void> {
  const { rows, loci, rateHz = 1000, order = 'time-locus', values = valueAt } = fixture
  const timeFirst = order === 'time-locus'
  return writeHdf5(path, (file) => {
    const acquisition = file.create_group('Acquisition')
    setAttributes(acquisition, {
      schemaVersion: '2.1',
      SpatialSamplingInterval: 2,
      'SpatialSamplingInterval.uom': 'm',
      GaugeLength: 10,
      'GaugeLength.uom': 'm',
      StartLocusIndex: 5n,
      VendorCode: { fixed: 'Test unit' },
      ...fixture.acquisition
    })
    if (fixture.emptyFirst) acquisition.create_group('Raw[0]')
    const raw = acquisition.create_group(fixture.emptyFirst ? 'Raw[1]' : 'Raw[0]')
    setAttributes(raw, {
      OutputDataRate: rateHz,
      'OutputDataRate.uom': 'Hz',
      RawDataUnit: 'nm/m/s',
      RawDescription: 'Strain rate',
      ...fixture.raw
    })
    const { numberOfLoci = BigInt(loci) } = fixture
    if (numberOfLoci !== null) setAttribute(raw, 'NumberOfLoci', numberOfLoci)
    const samples = new Int16Array(rows * loci)
    for (let row = 0; row < rows; row++)
      for (let locus = 0; locus < loci; locus++)
        samples[timeFirst ? row * loci + locus : locus * rows + row] = values(row, locus)
    const data = raw.create_dataset({
      name: 'RawData',
      data: samples,
      shape: timeFirst ? [rows, loci] : [loci, rows],
      ...(fixture.chunks ? { chunks: fixture.chunks, compression: 'gzip' } : {})
    })
    const { dimensions = timeFirst ? ['time', 'locus'] : ['locus', 'time'] } = fixture
    setAttributes(data, {
      Count: BigInt(rows * loci),
      ...(dimensions ? { Dimensions: dimensions } : {}),
      ...fixture.data
    })
    const { times = evenTimes(rows, BigInt(Math.round(1e6 / rateHz))) } = fixture
    if (times) raw.create_dataset({ name: 'RawDataTime', data: new BigInt64Array(times), shape: [times.length] })
  })
}

export function writeBandEnergy(
  path: string,
  rows: number,
  loci: number,
  order: 'time-locus' | 'locus-time'
): Promise<void> {
  return writeHdf5(path, (file) => {
    const acquisition = file.create_group('Acquisition')
    setAttributes(acquisition, {
      schemaVersion: '2.0',
      SpatialSamplingInterval: 1,
      StartLocusIndex: 0n,
      NumberOfLoci: 999n
    })
    acquisition.create_group('Raw[0]')
    const fbe = acquisition.create_group('Processed').create_group('Fbe[0]')
    setAttributes(fbe, { OutputDataRate: 2, NumberOfLoci: BigInt(loci), FbeDataUnit: 'rad2/Hz' })
    fbe.create_dataset({ name: 'FbeDataTime', data: new BigInt64Array(evenTimes(rows, 500_000n)), shape: [rows] })
    for (const band of [0, 1]) {
      const values = new Float32Array(rows * loci)
      for (let row = 0; row < rows; row++)
        for (let locus = 0; locus < loci; locus++)
          values[order === 'time-locus' ? row * loci + locus : locus * rows + row] = band * 1000 + row * 10 + locus
      const shape = order === 'time-locus' ? [rows, loci] : [loci, rows]
      const data = fbe.create_dataset({ name: `FbeData[${band}]`, data: values, shape })
      setAttributes(data, { StartFrequency: band * 10, EndFrequency: band * 10 + 10, Dimensions: order.split('-') })
    }
  })
}

export interface OptodasFixture {
  rows: number
  channels: number[]
  /** In the header, where they are not those of the data. */
  listedChannels?: number[]
  version?: bigint
  data?: Int16Array | Float32Array
  unit?: string
  dataScale?: number
  sensitivities?: number[]
  /** One row each, to choose from, instead of one column a channel. */
  areOffered?: boolean
  sensitivityUnit?: string
  dimensionNames?: string[]
  regions?: { start: number[]; end: number[]; step: number[] }
}

export function writeOptodas(path: string, fixture: OptodasFixture): Promise<void> {
  const { rows, channels, version = 9n, dimensionNames = ['time', 'distance'] } = fixture
  const samples = fixture.data ?? Float32Array.from({ length: rows * channels.length }, (_, i) => i / 4)
  return writeHdf5(path, (file) => {
    const scalar = (group: Group, name: string, value: number | bigint) =>
      group.create_dataset({
        name,
        data: typeof value === 'bigint' ? new BigInt64Array([value]) : new Float64Array([value]),
        shape: []
      })
    const list = (group: Group, name: string, data: Numbers, shape = [data.length]) =>
      group.create_dataset({ name, data, shape })
    file.create_group('acqSpec')
    list(
      file.create_group('cableSpec'),
      'sensorDistances',
      Float64Array.from(channels, (id) => id * 1.25)
    )
    scalar(file, 'fileVersion', version)
    const header = file.create_group('header')
    scalar(header, 'time', 1_700_000_000.25)
    scalar(header, 'dt', 0.0016)
    scalar(header, 'dx', 1.25)
    scalar(header, 'gaugeLength', 8)
    scalar(header, 'dataScale', fixture.dataScale ?? 1)
    header.create_dataset({ name: 'unit', data: fixture.unit ?? 'rad/m/s', shape: [] })
    header.create_dataset({ name: 'name', data: 'Phase rate per distance', shape: [] })
    header.create_dataset({ name: 'dimensionNames', data: dimensionNames })
    const sensitivities = Float32Array.from(fixture.sensitivities ?? [1])
    const { length } = sensitivities
    list(header, 'sensitivities', sensitivities, fixture.areOffered ? [length, 1] : [1, length])
    header.create_dataset({ name: 'sensitivityUnits', data: [fixture.sensitivityUnit ?? ''] })
    list(header, 'channels', Int32Array.from(fixture.listedChannels ?? channels))
    if (fixture.regions) {
      const demodulation = file.create_group('demodSpec')
      list(demodulation, 'roiStart', Int32Array.from(fixture.regions.start))
      list(demodulation, 'roiEnd', Int32Array.from(fixture.regions.end))
      list(demodulation, 'roiDec', Int32Array.from(fixture.regions.step))
    }
    const shape = dimensionNames[0] === 'time' ? [rows, channels.length] : [channels.length, rows]
    list(file, 'data', samples, shape)
  })
}
