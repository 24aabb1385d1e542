import { basename } from 'node:path'
import { nanosecondsFromIso } from '../../../src-preload/contract/units.ts'
import { shortFloat32 } from '../binary/float32.ts'
import { viewOf, withFile } from '../binary/binaryFile.ts'
import { readRows, type RowLayout } from '../binary/gridReading.ts'
import { createRecording } from '../createRecording.ts'
import { type RecordingInfo, unsaidInfo } from '../recording.ts'
import type { Candidate, RecordingFormat } from '../recordingFormat.ts'
import { distanceAxis } from '../distanceAxis.ts'
import { evenTimeAxis } from '../timeAxis.ts'

const headerFloats = 6

interface SentekHeader {
  sensors: number
  samples: number
  /** Whole rows in the file: fewer than `samples` where it is cut off. */
  rows: number
  intervalNs: number
  isRate: boolean
  trigger: number
  decimation: number
}

/**
 * Sentek's `.das`: six floats (sensors, samples, interval in ns, 1 for strain rate, trigger position, decimation), the
 * distance of each sensor, the time of each sample, the samples row by row; all float32. Nothing marks such a file but
 * that these numbers give its size to the byte.
 */
export const sentek: RecordingFormat = {
  name: 'sentek',
  title: 'Sentek .das',

  recognise: (candidate) => Promise.resolve(headerOf(candidate) !== null),

  open(candidate) {
    const { path } = candidate
    const header = headerOf(candidate)!
    const { sensors, samples } = header
    const axes = withFile(path, (file) => {
      // Two of each are enough: reading all the times of a long file would not be.
      const distances = viewOf(file.read(headerFloats * 4, sensors * 4))
      const times = viewOf(file.read((headerFloats + sensors) * 4, Math.min(samples, 2) * 4))
      const last = viewOf(file.read((headerFloats + sensors + samples - 1) * 4, 4))
      return {
        distances: Float64Array.from({ length: sensors }, (_, i) => distances.getFloat32(i * 4, true)),
        firstTimeS: times.getFloat32(0, true),
        lastTimeS: last.getFloat32(0, true)
      }
    })
    const run = { firstRow: 0, rows: header.rows, place: (headerFloats + sensors + samples) * 4 }
    const layout: RowLayout = { channels: sensors, stored: 'float32', littleEndian: true, runOf: () => run }
    return Promise.resolve(
      createRecording(describe(header, axes, path), {
        read: async (range) => withFile(path, (file) => readRows(file, layout, range)),
        close: () => Promise.resolve()
      })
    )
  }
}

function headerOf({ head, sizeBytes, isFolder }: Candidate): SentekHeader | null {
  if (isFolder || head.length < headerFloats * 4) return null
  const view = viewOf(head)
  const [sensors, samples, intervalNs, isRate, trigger, decimation] = Array.from({ length: headerFloats }, (_, i) =>
    view.getFloat32(i * 4, true)
  ) as [number, number, number, number, number, number]
  const areCounts = [sensors, samples].every((value) => Number.isSafeInteger(value) && value >= 1 && value < 2 ** 31)
  if (!areCounts || !(intervalNs > 0) || (isRate !== 0 && isRate !== 1)) return null
  const axesBytes = (headerFloats + sensors + samples) * 4
  const missingBytes = axesBytes + sensors * samples * 4 - sizeBytes
  const isWhole = missingBytes === 0
  const isCutOff = missingBytes > 0 && sizeBytes >= axesBytes + sensors * 4 && doDistancesRise(view, sensors)
  if (!isWhole && !isCutOff) return null
  const rows = Math.floor((sizeBytes - axesBytes) / (sensors * 4))
  return { sensors, samples, rows, intervalNs, isRate: isRate === 1, trigger, decimation }
}

/** A file that was cut off has not the size that its header gives; so many rising distances are no accident either. */
function doDistancesRise(view: DataView, sensors: number): boolean {
  const count = Math.min(sensors, view.byteLength / 4 - headerFloats)
  if (count < 8) return false
  for (let i = 1; i < count; i++) {
    const step = view.getFloat32((headerFloats + i) * 4, true) - view.getFloat32((headerFloats + i - 1) * 4, true)
    if (!(step > 0)) return false
  }
  return true
}

interface SentekAxes {
  distances: Float64Array
  firstTimeS: number
  lastTimeS: number
}

function describe(header: SentekHeader, { distances, firstTimeS, lastTimeS }: SentekAxes, file: string): RecordingInfo {
  const warnings: string[] = []
  if (header.rows < header.samples)
    warnings.push(`The header says ${header.samples} rows, the file has ${header.rows}: it is cut off.`)
  const intervalNs = intervalOf(header, firstTimeS, lastTimeS, warnings)
  const named = startOf(file)
  if (named === null)
    warnings.push('The name of the file holds no time (…_YYYYMMDDhhmmssfff): when this was recorded is not known.')
  else warnings.push('The start is the time in the name of the file, which names no time zone: UTC was assumed.')
  const offsetNs = Number.isFinite(firstTimeS) ? BigInt(Math.round(shortFloat32(firstTimeS) * 1e9)) : 0n
  const startTimeNs = named === null ? null : named + offsetNs
  return {
    ...unsaidInfo(),
    format: 'sentek',
    formatVersion: null,
    file,
    instrument: 'Sentek',
    shape: { time: header.rows, channel: header.sensors },
    storedOrder: ['time', 'channel'],
    dtype: 'float32',
    quantity: header.isRate ? 'strain rate' : 'strain',
    ...evenTimeAxis(startTimeNs, 1e9 / intervalNs, header.rows),
    ...distanceAxis([...distances].map(shortFloat32), header.sensors, warnings),
    warnings,
    metadata: { triggerPosition: header.trigger, decimation: header.decimation }
  }
}

/** The interval of the header; the times themselves where they say something else beyond their rounding. */
function intervalOf(header: SentekHeader, firstS: number, lastS: number, warnings: string[]): number {
  const said = shortFloat32(header.intervalNs)
  const steps = header.samples - 1
  const meanNs = steps > 0 ? ((lastS - firstS) * 1e9) / steps : Number.NaN
  if (!Number.isFinite(meanNs) || meanNs <= 0 || Math.abs(meanNs - said) <= said * 1e-3) return said
  warnings.push(
    `The header says one sample every ${said} ns, the times every ${Math.round(meanNs)} ns: the times were taken.`
  )
  return meanNs
}

function startOf(file: string): bigint | null {
  const match = /(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{0,9})(?!\d)/.exec(basename(file))
  if (!match) return null
  const [, year, month, day, hour, minute, second, fraction] = match
  return nanosecondsFromIso(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction ? `.${fraction}` : ''}Z`)
}
