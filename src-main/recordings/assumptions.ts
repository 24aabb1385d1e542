import { isoFromNanoseconds } from '../../src-preload/contract/units.ts'
import type { Recording, RecordingAssumptions, RecordingInfo } from './recording.ts'
import { evenTimeAxis } from './timeAxis.ts'

/**
 * The recording with what its opener says wherever the file is silent; warnings name what was taken, and what was not
 * because the file says it itself. `isBare`: the format itself has no place for rates and distances, so what is still missing
 * is named too. Which axis is time is the readers' own business.
 */
export function withAssumptions(recording: Recording, assumptions: RecordingAssumptions, isBare: boolean): Recording {
  const info = assume(recording.info, isBare ? assumptions : withoutAxis(assumptions))
  const missing = isBare ? missingOf(info) : null
  if (missing === null) return { ...recording, info }
  const warning = `The file does not say ${missing}; that can be stated when it is opened.`
  return { ...recording, info: { ...info, warnings: [...info.warnings, warning] } }
}

const withoutAxis = ({ timeAxis: _, ...rest }: RecordingAssumptions): RecordingAssumptions => rest

function assume(info: RecordingInfo, stated: RecordingAssumptions): RecordingInfo {
  const taken: string[] = []
  const spare: string[] = []
  const choose = <T>(own: T | null, given: T | undefined, what: string, say: (value: T) => string): T | null => {
    if (given === undefined) return own
    const list = own === null ? taken : spare
    list.push(`${what} ${say(given)}`)
    return own ?? given
  }
  const metres = (value: number): string => `${value} m`
  const rate = choose(info.sampleRateHz, stated.sampleRateHz, 'sample rate', (value) => `${value} Hz`)
  const start = choose(info.startTimeNs, stated.startTimeNs, 'start', isoFromNanoseconds)
  const hasList = info.distancesM !== null
  const spacing = choose(hasList ? Number.NaN : info.channelSpacingM, stated.channelSpacingM, 'channel spacing', metres)
  const first = choose(info.firstDistanceM, stated.firstDistanceM, 'first distance', metres)
  const unit = choose(info.unit, stated.unit, 'unit', (value) => `"${value}"`)
  if (stated.timeAxis !== undefined) taken.push(`time along axis ${stated.timeAxis}`)
  if (taken.length === 0 && spare.length === 0) return info
  const warnings = [...info.warnings]
  if (taken.length > 0) warnings.push(`Stated when it was opened, not by the file: ${taken.join(', ')}.`)
  if (spare.length > 0) warnings.push(`Stated when it was opened, but the file says it itself: ${spare.join(', ')}.`)
  const isTimeNew = rate !== info.sampleRateHz || start !== info.startTimeNs
  const axis = isTimeNew ? evenTimeAxis(start, rate, info.shape.time) : null
  return {
    ...info,
    ...(axis
      ? {
          startTimeNs: axis.startTimeNs,
          endTimeNs: axis.endTimeNs,
          sampleIntervalNs: axis.sampleIntervalNs,
          sampleRateHz: axis.sampleRateHz
        }
      : {}),
    channelSpacingM: hasList ? null : spacing,
    firstDistanceM: first,
    unit,
    warnings
  }
}

/** What a file does not say that a picture of it needs, in words; null where nothing is missing. */
export function missingOf(info: RecordingInfo): string | null {
  const missing = [
    ...(info.sampleIntervalNs === null ? ['its sample rate'] : []),
    ...(info.startTimeNs === null ? ['when it was recorded'] : []),
    ...(info.channelSpacingM === null && info.distancesM === null && info.shape.channel > 1
      ? ['its channel spacing']
      : [])
  ]
  return missing.length > 0 ? missing.join(', ').replace(/, ([^,]*)$/, ' and $1') : null
}
