import { isoFromNanoseconds, nanosecondsPerSecond } from '../../src-preload/contract/units.ts'
import type { Inspection } from './inspect.ts'

const unknown = 'not known'
const widest = 100

const quantity = (value: number | null, unit: string): string =>
  value === null ? unknown : `${Number(value.toPrecision(10))} ${unit}`

const time = (text: string | null): string => (text === null ? unknown : isoFromNanoseconds(BigInt(text)))

function duration({ startTimeNs, endTimeNs }: { startTimeNs: string | null; endTimeNs: string | null }): string {
  if (startTimeNs === null || endTimeNs === null) return unknown
  const length = BigInt(endTimeNs) - BigInt(startTimeNs)
  return `${Number(length / nanosecondsPerSecond) + Number(length % nanosecondsPerSecond) / 1e9} s`
}

const number = (value: number | null): string => (value === null ? 'not a number' : String(value))

function channelsText({ shape, firstChannel, channelStep }: Inspection): string {
  if (firstChannel === null) return `${shape.channel}`
  const last = firstChannel + (shape.channel - 1) * channelStep
  return `${shape.channel} (${firstChannel} to ${last}${channelStep === 1 ? '' : `, step ${channelStep}`})`
}

function rows(inspection: Inspection): [string, string][] {
  const { samples, statistics, unit } = inspection
  const ofQuantity = [inspection.quantity, unit].filter(Boolean).join(', in ')
  return [
    ['file', inspection.file],
    ['format', [inspection.format, inspection.formatVersion].filter(Boolean).join(' ')],
    ['instrument', inspection.instrument ?? unknown],
    ['values', `${inspection.dtype}, ${inspection.storedOrder.join(' × ')} in the file`],
    ['quantity', ofQuantity || unknown],
    ['scale', `${inspection.scale} ${unit ?? ''} per stored value`.replace('  ', ' ')],
    ['samples', `${inspection.shape.time}`],
    ['channels', channelsText(inspection)],
    ['start', time(inspection.startTimeNs)],
    ['end', time(inspection.endTimeNs)],
    ['duration', duration(inspection)],
    ['sample rate', quantity(inspection.sampleRateHz, 'Hz')],
    ['sample interval', inspection.sampleIntervalNs === null ? unknown : `${inspection.sampleIntervalNs} ns`],
    ['channel spacing', quantity(inspection.channelSpacingM, 'm')],
    ['first distance', quantity(inspection.firstDistanceM, 'm')],
    ['gauge length', quantity(inspection.gaugeLengthM, 'm')],
    ...inspection.bands.map(({ lowHz, highHz }, k): [string, string] => [`band ${k}`, `${lowHz} to ${highHz} Hz`]),
    ...inspection.gaps
      .slice(0, 20)
      .map((gap): [string, string] => ['gap', `${time(gap.startTimeNs)}  ${duration(gap)}`]),
    ...(inspection.gaps.length > 20 ? [['gaps', `${inspection.gaps.length} in all`] as [string, string]] : []),
    ['stored values', `first ${number(samples.first)}, middle ${number(samples.middle)}, last ${number(samples.last)}`],
    ...(statistics
      ? ([
          ['minimum', number(statistics.min)],
          ['maximum', number(statistics.max)],
          ['mean', number(statistics.mean)],
          ['root mean square', number(statistics.rms)]
        ] as [string, string][])
      : [])
  ]
}

/** The inspection for a person: an aligned table with units, the warnings below it, then the metadata. */
export function inspectionText(inspection: Inspection): string {
  const metadata = Object.entries(inspection.metadata)
  const nameWidth = Math.max(...rows(inspection).map(([name]) => name.length))
  const keyWidth = Math.min(60, Math.max(0, ...metadata.map(([name]) => name.length)))
  const short = (text: string): string => (text.length > widest ? `${text.slice(0, widest - 1)}…` : text)
  const oneLine = (value: unknown): string => short(String(value ?? unknown).replaceAll(/\s+/g, ' '))
  return [
    ...rows(inspection).map(([name, value]) => `${name.padEnd(nameWidth)}  ${value}`),
    ...inspection.warnings.map((warning) => `warning: ${warning}`),
    ...(metadata.length > 0 ? ['', 'metadata:'] : []),
    ...metadata.map(([name, value]) => `  ${name.padEnd(keyWidth)}  ${oneLine(value)}`),
    ''
  ].join('\n')
}
