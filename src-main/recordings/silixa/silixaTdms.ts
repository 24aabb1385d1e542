import { open } from 'node:fs/promises'
import { isoFromNanoseconds } from '../../../src-preload/contract/units.ts'
import { createRecording } from '../createRecording.ts'
import { RecordingError, type RecordingInfo } from '../recording.ts'
import type { RecordingFormat } from '../recordingFormat.ts'
import { evenTimeAxis } from '../timeAxis.ts'
import { silixaScale } from './silixaScale.ts'
import { readTdmsSamples, tdmsElements } from './tdmsSamples.ts'
import { readTdmsLayout, type TdmsLayout } from './tdmsSegments.ts'
import { TdmsProblem, type TdmsValue } from './tdmsReader.ts'

type Properties = Map<string, TdmsValue>

const rateNames = ['SamplingFrequency[Hz]', 'Precise Sampling Frequency (Hz)']

/** TDMS files of Silixa's iDAS. Other TDMS files are refused: without these properties nothing says what they hold. */
export const silixaTdms: RecordingFormat = {
  name: 'silixa-tdms',
  title: 'Silixa iDAS TDMS',

  recognise: ({ head }) => Promise.resolve(String.fromCharCode(...head.subarray(0, 4)) === 'TDSm'),

  async open({ path, sizeBytes }) {
    try {
      const layout = await layoutOf(path, sizeBytes)
      const info = describe(layout, path)
      return createRecording(info, {
        read: (range) =>
          readTdmsSamples(path, layout, range).catch((error: unknown) => {
            throw error instanceof TdmsProblem ? new RecordingError(path, error.message) : error
          }),
        close: () => Promise.resolve()
      })
    } catch (error) {
      if (error instanceof TdmsProblem)
        throw new RecordingError(path, `is a damaged or foreign TDMS file: ${error.message}`)
      throw error
    }
  }
}

async function layoutOf(path: string, sizeBytes: number): Promise<TdmsLayout> {
  const handle = await open(path, 'r')
  try {
    return await readTdmsLayout(handle, sizeBytes)
  } finally {
    await handle.close()
  }
}

function numberOf(properties: Properties, name: string): number | null {
  const value = properties.get(name)
  const number = typeof value === 'string' ? Number.parseFloat(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

function positiveOf(properties: Properties, name: string): number | null {
  const number = numberOf(properties, name)
  return number !== null && number > 0 ? number : null
}

function textOf(properties: Properties, name: string): string | null {
  const value = properties.get(name)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}

function describe(layout: TdmsLayout, file: string): RecordingInfo {
  const { properties, channels, rows } = layout
  if (!rateNames.some((name) => properties.has(name)) && !properties.has('SpatialResolution[m]'))
    throw new RecordingError(file, `is TDMS, but not of a Silixa iDAS: it has no property ${rateNames[0]}`)
  if (channels.length === 0 || rows === 0)
    throw new RecordingError(file, 'is TDMS without a single complete row of samples')
  const warnings = [...layout.warnings]
  const rate = rateNames.map((name) => positiveOf(properties, name)).find((value) => value !== null) ?? null
  if (rate === null) warnings.push(`${rateNames[0]} is missing: the sample rate is not known.`)
  const axis = evenTimeAxis(startTime(properties, warnings), rate, rows)
  const gaugeLengthM = positiveOf(properties, 'GaugeLength')
  const version = textOf(properties, 'iDASVersion')
  return {
    format: 'silixa-tdms',
    formatVersion: String(layout.version),
    file,
    instrument: version === null ? 'Silixa iDAS' : `Silixa iDAS ${version}`,
    shape: { time: rows, channel: channels.length },
    storedOrder: layout.runs[0]!.isInterleaved ? ['time', 'channel'] : ['channel', 'time'],
    dtype: tdmsElements[layout.type]!,
    ...silixaScale(
      {
        rateHz: rate,
        gaugeLengthM,
        calibrationNm: positiveOf(properties, 'Unit Calibration (nm)'),
        element: tdmsElements[layout.type]!
      },
      warnings
    ),
    startTimeNs: axis.startTimeNs,
    endTimeNs: axis.endTimeNs,
    sampleIntervalNs: axis.sampleIntervalNs,
    sampleRateHz: axis.sampleRateHz,
    ...axisOfChannels(properties, channels, warnings),
    gaugeLengthM,
    bands: [],
    gaps: [],
    segments: null,
    distancesM: null,
    channelNames: null,
    annotations: 0,
    warnings,
    metadata: metadataOf(layout)
  }
}

/** The GPS time where there is one; the computer's clock is what is left. */
function startTime(properties: Properties, warnings: string[]): bigint | null {
  const gps = properties.get('GPSTimeStamp')
  const cpu = properties.get('CPUTimeStamp')
  if (typeof gps === 'bigint' && gps > 0n) {
    const status = textOf(properties, 'SystemInfomation.GPS.Status')
    if (status !== null && /error|fail|no /i.test(status))
      warnings.push(`The start is GPSTimeStamp, but the GPS receiver said "${status}".`)
    return gps
  }
  if (typeof cpu === 'bigint' && cpu > 0n) {
    warnings.push("There is no GPSTimeStamp: the start is CPUTimeStamp, the computer's own clock.")
    return cpu
  }
  warnings.push('Neither GPSTimeStamp nor CPUTimeStamp is there: when this was recorded is not known.')
  return null
}

function axisOfChannels(
  properties: Properties,
  channels: string[],
  warnings: string[]
): Pick<RecordingInfo, 'channelSpacingM' | 'firstChannel' | 'channelStep' | 'firstDistanceM'> {
  const resolution = positiveOf(properties, 'SpatialResolution[m]')
  const multiplier = positiveOf(properties, 'Fibre Length Multiplier')
  if (resolution === null) warnings.push('SpatialResolution[m] is missing: the channel spacing is not known.')
  else if (multiplier === null) warnings.push('"Fibre Length Multiplier" is missing; 1 was assumed.')
  const numbers = channels.map((path) => Number(/'([^']*)'$/.exec(path)?.[1] ?? Number.NaN))
  const areCounted = numbers.every((number, i) => Number.isSafeInteger(number) && number === numbers[0]! + i)
  if (!areCounted) warnings.push('The channels are not numbered one after the other; they count from 0.')
  return {
    channelSpacingM: resolution === null ? null : resolution * (multiplier ?? 1),
    firstChannel: areCounted ? numbers[0]! : null,
    channelStep: 1,
    firstDistanceM: numberOf(properties, 'Start Distance (m)') ?? numberOf(properties, 'StartPosition[m]')
  }
}

function metadataOf({ properties, segments }: TdmsLayout): RecordingInfo['metadata'] {
  const metadata: RecordingInfo['metadata'] = { segments }
  for (const [name, value] of [...properties].slice(0, 2000)) {
    if (typeof value === 'bigint') metadata[name] = timeText(value)
    else metadata[name] = typeof value === 'number' && !Number.isFinite(value) ? null : value
  }
  return metadata
}

function timeText(time: bigint): string {
  try {
    return isoFromNanoseconds(time)
  } catch {
    return `${time} ns`
  }
}
