import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { ExportFormatName, ExportSelection } from '../../../src-preload/contract/tasks.ts'
import type { Recording, RecordingInfo } from '../../../src-main/recordings/recording.ts'
import { exportFormats } from '../../../src-main/sessions/export/exportFormats.ts'
import { type ExportOutcome, runExport } from '../../../src-main/sessions/export/runExport.ts'
import { createMemoryRecording } from '../sources/memoryRecording.ts'

export const wholeSelection: ExportSelection = { time: null, channels: null, band: null, decimate: 1 }
export const startNs = 1_682_525_689_042_000_000n

/** Different in every row and channel, with both signs, and exact in every type of 16 bits and more. */
export const valueAt = (row: number, channel: number): number =>
  (((row * 7919 + channel * 104_729) % 60_001) - 30_000) | 0

export const fraction = (row: number, channel: number): number => Math.fround(valueAt(row, channel) / 7e9)

export interface SourceOptions extends Partial<RecordingInfo> {
  rows?: number
  channels?: number
  valueAt?: (row: number, channel: number, band: number) => number
}

export function sourceOf({ rows = 300, channels = 7, ...options }: SourceOptions = {}): Recording {
  return createMemoryRecording(
    { time: rows, channel: channels },
    {
      valueAt,
      scale: 1,
      startTimeNs: startNs,
      firstChannel: 20,
      channelSpacingM: 1.02095,
      firstDistanceM: 20 * 1.02095,
      instrument: 'Test unit 7',
      ...options
    }
  )
}

/** Three runs: rows 0–99, 100–199 after 2.5 s without data, the rest after an hour. */
export function gapsOf(sampleIntervalNs: number): Pick<RecordingInfo, 'segments' | 'gaps'> {
  const runNs = BigInt(Math.round(100 * sampleIntervalNs))
  const second = startNs + runNs + 2_500_000_000n
  const third = second + runNs + 3_600_000_000_000n
  return {
    segments: [
      { firstIndex: 0, startTimeNs: startNs },
      { firstIndex: 100, startTimeNs: second },
      { firstIndex: 200, startTimeNs: third }
    ],
    gaps: [
      { startTimeNs: startNs + runNs, endTimeNs: second },
      { startTimeNs: second + runNs, endTimeNs: third }
    ]
  }
}

/** A folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wavefall-export-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export function exportOf(
  recording: Recording,
  target: string,
  format: ExportFormatName,
  selection: Partial<ExportSelection> = {}
): Promise<ExportOutcome> {
  return runExport({
    source: recording.info.file,
    target,
    format: exportFormats[format],
    selection: { ...wholeSelection, ...selection },
    overwrite: false,
    signal: new AbortController().signal,
    open: () => Promise.resolve(recording)
  })
}
