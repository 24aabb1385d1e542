import { axisOfRuns } from '../binary/runAxis.ts'
import { createRecording } from '../createRecording.ts'
import { openMiniseed } from '../miniseed/miniseed.ts'
import { beginsAsRecord } from '../miniseed/recordScan.ts'
import { type Recording, type RecordingAssumptions, RecordingError, type RecordingInfo } from '../recording.ts'
import type { Candidate, RecordingFormat } from '../recordingFormat.ts'
import { sacByteOrder, sacHeaderBytes } from '../sac/sacHeader.ts'
import { openSacFolder } from '../sac/sacFolder.ts'
import { withFile } from '../binary/binaryFile.ts'
import { FolderReader } from './folderReader.ts'
import { type FolderFile, FolderMismatch, listFiles, type Member, MemberScan, type OpenFile } from './members.ts'
import { joinMembers } from './pieces.ts'

const mostNamed = 5

/**
 * A folder of files of one acquisition, as one recording: in order of time, with gaps where files are missing. Files of
 * SAC and miniSEED are channels as well as stretches of time, so these go by the codes of their channels.
 */
export function createFolderFormat(
  openFile: (path: string, assumptions: RecordingAssumptions) => Promise<Recording>
): RecordingFormat {
  return {
    name: 'folder',
    title: 'folder of recordings',
    isFallback: true,

    recognise: ({ isFolder, entries }) => Promise.resolve(isFolder && entries.length > 0),

    async open(candidate) {
      const { path, entries } = candidate
      const files = listFiles(path, entries)
      if (files.length === 0)
        throw new RecordingError(path, 'is a folder that holds no recording: there is no file in it')
      const seismic = openSeismic(path, files)
      if (seismic) return seismic
      // One start time for all files would lay them over each other.
      const { startTimeNs: _, ...assumptions } = candidate.assumptions
      return openInTime(candidate, files, (file) => openFile(file, assumptions))
    }
  }
}

async function openInTime({ path }: Candidate, files: FolderFile[], open: OpenFile): Promise<Recording> {
  try {
    const { info, members, skipped } = await new MemberScan(files, open).scan(path)
    const joined = joinMembers(members, info.sampleIntervalNs)
    const warnings = [...joined.warnings, ...skippedWarnings(skipped)]
    const described = describe(info, path, joined, warnings)
    const reader = new FolderReader(path, info, members[0]!.file.name, joined, open)
    return createRecording(described, { read: (range) => reader.read(range), close: () => reader.close() })
  } catch (error) {
    if (error instanceof FolderMismatch)
      throw new RecordingError(path, `is a folder whose files are not of one acquisition: ${error.message}`)
    throw error
  }
}

const skippedWarnings = (skipped: { name: string; reason: string }[]): string[] => [
  ...skipped.slice(0, mostNamed).map(({ name, reason }) => `${name} was left out: ${short(reason)}.`),
  ...(skipped.length > mostNamed ? [`${skipped.length - mostNamed} more files were left out.`] : [])
]

const short = (reason: string): string => reason.replace(/\. Looked for: [^]*$/, '').slice(0, 200)

function describe(
  info: RecordingInfo,
  folder: string,
  { members, runs, rows }: { members: Member[]; runs: { firstIndex: number; startTimeNs: bigint }[]; rows: number },
  warnings: string[]
): RecordingInfo {
  const { sampleIntervalNs, sampleRateHz } = info
  const axis =
    runs.length > 0 && sampleIntervalNs !== null
      ? axisOfRuns(runs, rows, sampleIntervalNs, sampleRateHz ?? undefined)
      : { startTimeNs: null, endTimeNs: null, sampleIntervalNs, sampleRateHz, gaps: [], segments: null, warnings: [] }
  const unopened = members.filter(({ isOpened }) => !isOpened).length
  return {
    ...info,
    ...axis,
    file: folder,
    shape: { time: rows, channel: info.shape.channel },
    annotations: 0,
    warnings: [
      ...axis.warnings,
      ...warnings,
      ...info.warnings.map((warning) => `${warning} (${members[0]!.file.name})`)
    ],
    metadata: { ...info.metadata, files: members.length, filesNotYetOpened: unopened }
  }
}

/** All files of the folder that are miniSEED, or SAC, by their channels; null where the first recording is another one. */
function openSeismic(folder: string, files: FolderFile[]): Recording | null {
  const kinds = files.map((file) => seismicKind(file))
  const kind = kinds.find((found) => found !== null) ?? null
  if (kind === null) return null
  const taken = files.filter((_, i) => kinds[i] === kind)
  // Among other recordings a single trace is a foreign file.
  if (taken.length * 2 < files.length) return null
  const left = files.filter((_, i) => kinds[i] !== kind)
  const listed = taken.map(({ path, bytes }) => ({ path, sizeBytes: bytes }))
  const recording = kind === 'miniseed' ? openMiniseed(folder, listed) : openSacFolder(folder, listed)
  if (left.length === 0) return recording
  const names = left.slice(0, mostNamed).map(({ name }) => name)
  const more = left.length > mostNamed ? ` and ${left.length - mostNamed} more` : ''
  const warning = `Left out, as they are not ${kind === 'miniseed' ? 'miniSEED' : 'SAC'}: ${names.join(', ')}${more}.`
  return { ...recording, info: { ...recording.info, warnings: [...recording.info.warnings, warning] } }
}

function seismicKind({ path, bytes }: FolderFile): 'miniseed' | 'sac' | null {
  if (bytes < sacHeaderBytes / 4) return null
  const head = new Uint8Array(Math.min(bytes, sacHeaderBytes))
  try {
    withFile(path, (file) => file.readUpTo(head, 0))
  } catch {
    return null
  }
  return beginsAsRecord(head, bytes) ? 'miniseed' : sacByteOrder(head) !== null ? 'sac' : null
}
