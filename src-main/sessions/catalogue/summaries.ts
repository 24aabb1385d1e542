import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type {
  SessionDetail,
  SessionGap,
  SessionLabels,
  SessionSummary
} from '../../../src-preload/contract/sessions.ts'
import type { GapRecord, SessionManifest } from '../../recordings/session/manifest.ts'
import { rateFromInterval } from '../../recordings/timeAxis.ts'
import type { RecordingInfo } from '../../recordings/recording.ts'

const secondsOf = (gaps: readonly { startTimeNs: bigint | string; endTimeNs: bigint | string }[]): number =>
  gaps.reduce((sum, { startTimeNs, endTimeNs }) => sum + Number(BigInt(endTimeNs) - BigInt(startTimeNs)) / 1e9, 0)

const allGaps = ({ segments, lostAtEnd }: SessionManifest): GapRecord[] => [
  ...segments.flatMap(({ gaps }) => gaps),
  ...(lostAtEnd ? [lostAtEnd] : [])
]

const gapOf = ({ startTimeNs, endTimeNs, ...rest }: GapRecord): SessionGap => ({
  startNs: startTimeNs,
  endNs: endTimeNs,
  ...rest
})

const sourceOf = ({ name, backend }: SessionManifest['source']): string =>
  [name, backend].filter((part, k, parts) => part !== '' && parts.indexOf(part) === k).join(', ')

/** A session from its manifest. While it is recorded, and where it was interrupted, segments that are not closed are not in it. */
export async function summaryOfManifest(
  folder: string,
  manifest: SessionManifest,
  labels: Partial<SessionLabels>,
  isWritten: boolean
): Promise<SessionSummary> {
  const { data, segments } = manifest
  const gaps = allGaps(manifest)
  const isOpen = manifest.state === 'recording'
  return {
    name: manifest.name,
    place: manifest.place,
    notes: manifest.notes,
    tags: manifest.tags,
    keep: false,
    ...labels,
    id: basename(folder),
    kind: 'session',
    path: folder,
    format: 'wavefall-session',
    state: isOpen ? (isWritten ? 'recording' : 'interrupted') : manifest.state === 'recovered' ? 'recovered' : 'closed',
    problem: manifest.state === 'recovered' ? manifest.reason : await missingSegments(folder, manifest),
    source: sourceOf(manifest.source),
    startNs: segments[0]?.startTimeNs ?? null,
    endNs: segments.at(-1)?.endTimeNs ?? null,
    channelCount: data.channelCount,
    firstChannel: data.firstChannel,
    channelSpacingM: data.channelSpacingM,
    sampleRateHz: rateFromInterval(data.sampleIntervalNs),
    samples: segments.reduce((sum, { samples }) => sum + samples, 0),
    unit: data.unit || null,
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    gaps: gaps.length,
    gapS: secondsOf(gaps),
    changedAtNs: manifest.createdAtNs,
    thumbnail: null
  }
}

async function missingSegments(folder: string, { segments }: SessionManifest): Promise<string> {
  const sizes = await Promise.all(
    segments.map(({ file }) =>
      stat(join(folder, file)).then(
        ({ size }) => size,
        () => null
      )
    )
  )
  const bad = segments.filter(({ bytes }, k) => sizes[k] !== bytes)
  if (bad.length === 0) return ''
  return `${bad[0]!.file}${bad.length > 1 ? ` and ${bad.length - 1} more` : ''} is not as it was written; verify the session.`
}

/** Of a session or file, as its reader sees it. `sizeBytes` is what it takes on the disk. */
export function summaryOfInfo(
  info: RecordingInfo,
  about: Pick<SessionSummary, 'id' | 'kind' | 'path' | 'state' | 'changedAtNs' | 'bytes'> & SessionLabels
): SessionSummary {
  return {
    ...about,
    format: info.format,
    problem: info.warnings[0] ?? '',
    source: info.instrument,
    startNs: info.startTimeNs?.toString() ?? null,
    endNs: info.endTimeNs?.toString() ?? null,
    channelCount: info.shape.channel,
    firstChannel: info.firstChannel,
    channelSpacingM: info.channelSpacingM,
    sampleRateHz: info.sampleRateHz,
    samples: info.shape.time,
    unit: info.unit,
    gaps: info.gaps.length,
    gapS: secondsOf(info.gaps),
    thumbnail: null
  }
}

/** What is known beyond the summary; gaps with their reasons where a manifest has them. */
export function detailOf(
  summary: SessionSummary,
  info: RecordingInfo,
  manifest: SessionManifest | null
): SessionDetail {
  const listed = manifest ? allGaps(manifest).map(gapOf) : []
  const seen = info.gaps.map(({ startTimeNs, endTimeNs }) => ({
    startNs: startTimeNs.toString(),
    endNs: endTimeNs.toString(),
    firstSequence: null,
    lastSequence: null,
    reason: ''
  }))
  const segments = info.metadata.segmentFiles
  return {
    ...summary,
    dtype: info.dtype,
    quantity: info.quantity,
    scale: info.scale,
    gaugeLengthM: info.gaugeLengthM,
    firstDistanceM: info.firstDistanceM,
    gapList: listed.length >= seen.length ? listed : seen,
    segments: typeof segments === 'number' ? segments : 1,
    warnings: info.warnings
  }
}
