import { dirname } from 'node:path'
import { createRecording } from '../createRecording.ts'
import type { Recording, RecordingInfo } from '../recording.ts'
import type { RecordingFormat } from '../recordingFormat.ts'
import { rateFromInterval } from '../timeAxis.ts'
import { decodeFrameHeader } from './frame.ts'
import { openSession, type SessionContents } from './openSession.ts'
import { manifestName, segmentNames } from './paths.ts'
import { RunList } from './runs.ts'
import { SessionReader } from './sessionReader.ts'

const manifestStart = /^\s*\{\s*"format":\s*"wavefall-session"/

/**
 * Sessions that Wavefall captured: a folder of segments with a manifest beside them, also while it is recorded and after
 * its writer was killed. One of its segments, or its session.json, stands for the folder.
 */
export const wavefallSession: RecordingFormat = {
  name: 'wavefall-session',
  title: 'Wavefall session (folder)',

  async recognise({ isFolder, entries, head }) {
    if (isFolder) return entries.includes(manifestName) || segmentNames(entries).length > 0
    if (decodeFrameHeader(head)) return true
    return manifestStart.test(Buffer.from(head.subarray(0, 64)).toString('latin1'))
  },

  async open({ path, isFolder }) {
    const folder = isFolder ? path : dirname(path)
    const contents = await openSession(folder)
    return recordingOf(contents, path)
  }
}

function recordingOf(contents: SessionContents, file: string): Recording {
  const reader = new SessionReader(contents)
  return createRecording(infoOf(contents, file), {
    read: (range) => reader.read(range),
    close: () => reader.close()
  })
}

/** Runs and gaps over all segments. */
export function timesOf({ data, segments }: SessionContents): RunList {
  const list = new RunList(data.sampleIntervalNs)
  for (const { runs, samples } of segments)
    runs.forEach(({ firstSample, startTimeNs }, k) =>
      list.add(startTimeNs, (runs[k + 1]?.firstSample ?? samples) - firstSample)
    )
  return list
}

function infoOf(contents: SessionContents, file: string): RecordingInfo {
  const { data, source, manifest, samples, warnings, isRecording } = contents
  const times = timesOf(contents)
  const said = [...warnings]
  if (isRecording) said.push('The session is being recorded: what was written when it was opened is shown.')
  else if (manifest?.state === 'recording')
    said.push('Its capture ended without closing it; every whole block is there.')
  else if (manifest?.state === 'recovered') said.push(manifest.reason)
  const isRows = data.content === 'bandEnergy'
  return {
    format: 'wavefall-session',
    formatVersion: '1',
    file,
    instrument: source.name,
    shape: { time: samples, channel: data.channelCount },
    storedOrder: ['time', 'channel'],
    dtype: data.elementType,
    quantity: data.quantity || null,
    unit: data.unit || null,
    scale: data.scale,
    startTimeNs: times.runs[0]?.startTimeNs ?? null,
    endTimeNs: times.endNs,
    sampleIntervalNs: data.sampleIntervalNs,
    sampleRateHz: rateFromInterval(data.sampleIntervalNs),
    channelSpacingM: data.channelSpacingM,
    firstChannel: data.firstChannel,
    channelStep: data.channelStep,
    firstDistanceM: data.firstDistanceM,
    distancesM: null,
    channelNames: null,
    gaugeLengthM: data.gaugeLengthM,
    bands: isRows ? [{ lowHz: data.bandLowHz ?? 0, highHz: data.bandHighHz ?? 0 }] : [],
    gaps: times.gaps,
    segments: times.runs.length > 1 ? times.runs : null,
    annotations: contents.annotations,
    warnings: said,
    metadata: metadataOf(contents)
  }
}

const reasonsMax = 200

function metadataOf({ manifest, source, segments, createdAtNs }: SessionContents): RecordingInfo['metadata'] {
  const reasons = segments.flatMap(({ gaps }) => gaps.map(({ startTimeNs, reason }) => `${startTimeNs} ${reason}`))
  return {
    ...(manifest
      ? {
          name: manifest.name,
          place: manifest.place,
          notes: manifest.notes,
          tags: manifest.tags,
          program: manifest.program,
          state: manifest.state,
          continues: manifest.continues,
          removedSegments: manifest.removedSegments
        }
      : {}),
    createdAtNs: createdAtNs.toString(),
    source: source.name,
    backend: source.backend,
    live: source.live,
    segmentFiles: segments.length,
    ...(reasons.length > 0 ? { gapReasons: reasons.slice(0, reasonsMax) } : {})
  }
}
