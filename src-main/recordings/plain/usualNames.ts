import { nanosecondsFromIso, type Nanoseconds } from '../../../src-preload/contract/units.ts'
import { type Hdf5Value, numberOf, positiveOf, textOf } from '../hdf5/hdf5Values.ts'
import { nanosecondsFromStored } from '../hdf5/rowTimes.ts'
import { rateFromInterval } from '../timeAxis.ts'

export interface NamedValue {
  name: string
  value: Hdf5Value
}

/** What a file without a layout says by the names that people give such values. */
export interface UsualValues {
  sampleRateHz: number | null
  startTimeNs: Nanoseconds | null
  channelSpacingM: number | null
  firstDistanceM: number | null
  gaugeLengthM: number | null
  unit: string | null
  /** `sample rate (fs)`: what was taken from where. */
  taken: string[]
}

/** Names in lower case, letters and digits alone; units at the end are left out before they are compared. */
const names = {
  rate:
    'fs samplingrate samplerate samplingfrequency samplefrequency sr srate outputdatarate datarate ' +
    'acquisitionfrequency acquisitionsamplerate framerate',
  interval:
    'dt deltat timestep samplingperiod sampleperiod sampleinterval samplingintervalintime timesamplinginterval dts',
  spacing:
    'dx deltax dxm channelspacing spatialsampling spatialsamplinginterval spatialinterval samplingintervalinspace ' +
    'spacing channelinterval dch',
  first: 'x0 startdistance firstdistance startposition distancestart firstchanneldistance',
  gauge: 'gaugelength gl gauge',
  start:
    'starttime begintime startdatetime timestart t0 start partstarttime epoch datetime timestamp starttimens ' +
    'acquisitionstarttime',
  unit: 'unit units dataunit dataunits unitofmeasure'
}
const sets = Object.fromEntries(Object.entries(names).map(([key, list]) => [key, new Set(list.split(' '))])) as Record<
  keyof typeof names,
  Set<string>
>

const plainName = (name: string): string => name.slice(name.lastIndexOf('/') + 1).toLowerCase()
const compared = (name: string): string =>
  plainName(name)
    .replace(/[\s_[(]*(hz|seconds?|sec|s|metres?|meters?|m|utc)[\])]*$/, (end) => (/^[\s_[(]/.test(end) ? '' : end))
    .replaceAll(/[^a-z0-9]/g, '')

const is = (kind: keyof typeof names, name: string): boolean =>
  sets[kind].has(compared(name)) || sets[kind].has(plainName(name).replaceAll(/[^a-z0-9]/g, ''))

const timeNames = /^(time|times|t|timestamps?|time_?(ns|us|ms|s)|t_?axis|t_?vec(tor)?|time_?axis|time_?vec(tor)?|tt)$/
const distanceNames = /^(distances?|dist|dist(ance)?_?m|x|xx|x_?axis|depth|offset|positions?|channel_?distances?)$/

export const isTimeName = (name: string): boolean => timeNames.test(plainName(name))
export const isDistanceName = (name: string): boolean => distanceNames.test(plainName(name))

/** MATLAB's datenum of 1970-01-01, in days. */
export const datenumOfEpoch = 719_529

/** What a number of that size counts since 1970, in nanoseconds; null where no recording is that old. */
export function unitOfEpoch(value: number): number | null {
  return value > 1e17 ? 1 : value > 1e14 ? 1e3 : value > 1e11 ? 1e6 : value > 3e8 ? 1e9 : null
}

function timeOf(value: Hdf5Value): Nanoseconds | null {
  const raw = Array.isArray(value) ? value[0] : value
  if (typeof raw === 'string') return nanosecondsFromIso(raw)
  if (typeof raw !== 'number' && typeof raw !== 'bigint') return null
  if (Number(raw) > 6e5 && Number(raw) < 8e5) return nanosecondsFromStored((Number(raw) - datenumOfEpoch) * 86_400, 1e9)
  const unitNs = unitOfEpoch(Number(raw))
  return unitNs === null ? null : nanosecondsFromStored(raw, unitNs)
}

/** The first value of each kind wins: the nearest to the samples comes first. */
export function usualValues(values: NamedValue[]): UsualValues {
  const taken: string[] = []
  const first = <T>(kind: keyof typeof names, what: string, read: (value: Hdf5Value) => T | null): T | null => {
    for (const { name, value } of values) {
      const found = is(kind, name) ? read(value) : null
      if (found === null) continue
      taken.push(`${what} (${name})`)
      return found
    }
    return null
  }
  const rate = first('rate', 'sample rate', positiveOf)
  const interval = rate === null ? first('interval', 'sample interval in seconds', positiveOf) : null
  return {
    sampleRateHz: rate ?? (interval === null ? null : rateFromInterval(interval * 1e9)),
    startTimeNs: first('start', 'start', timeOf),
    channelSpacingM: first('spacing', 'channel spacing in metres', positiveOf),
    firstDistanceM: first('first', 'first distance in metres', numberOf),
    gaugeLengthM: first('gauge', 'gauge length in metres', positiveOf),
    unit: first('unit', 'unit', textOf),
    taken
  }
}
