import { readdir, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { ExportSelection } from '../../../src-preload/contract/tasks.ts'
import { openRecording } from '../../recordings/openRecording.ts'
import type { Recording, RecordingInfo } from '../../recordings/recording.ts'
import { checkExport } from './checkExport.ts'
import { createContent, type ExportContent } from './exportContent.ts'
import { ExportCancelled, ExportError, type ExportFormat } from './exportFormat.ts'
import { checkPlace, type ExportPlace, exportPlace, putInPlace, removePartial } from './exportPlace.ts'
import { checkSpace, sentenceFor } from './exportRoom.ts'
import { sidecarText } from './sidecar.ts'

export interface ExportRequest {
  /** Path of a recording: a file or a folder. */
  source: string
  target: string
  format: ExportFormat
  /** May depend on what the recording says of itself. */
  selection: ExportSelection | ((info: RecordingInfo) => ExportSelection)
  overwrite: boolean
  signal: AbortSignal
  /** Tells exports apart; what an attempt with the same key left behind is removed first. */
  key?: string
  onProgress?(doneRows: number, content: ExportContent): void
  open?: (path: string) => Promise<Recording>
}

export interface ExportOutcome {
  content: ExportContent
  /** The export, and the file beside it. */
  files: string[]
  bytes: number
  /** What the format could not hold, then what was doubtful about the source. */
  warnings: string[]
}

/**
 * Exports a recording or a part of it: everything is written under another name and put in its place when it is whole, so a
 * reader never sees half of it, and nothing is left of an export that failed or was cancelled. Throws `ExportError`,
 * `ExportCancelled` or `RecordingError`, each with one sentence.
 */
export async function runExport(request: ExportRequest): Promise<ExportOutcome> {
  const { format, source, target, overwrite, open = openRecording } = request
  const sidecar = format.name === 'das-metadata' ? null : `${target}.json`
  const place = exportPlace(target, sidecar, request.key ?? `${process.pid}-${Date.now()}`)
  await checkPlace(place, source, overwrite)
  const recording = await open(source)
  try {
    const { selection } = request
    const chosen = typeof selection === 'function' ? selection(recording.info) : selection
    const content = createContent(recording, chosen, format)
    const { limits, refusal } = checkExport(format, content)
    if (refusal !== null) throw new ExportError(`${target}: ${refusal}`)
    await checkSpace(place, format.estimateBytes(content))
    const bytes = await writeWhole(request, place, content)
    return {
      content,
      files: place.sidecar === null ? [place.target] : [place.target, place.sidecar],
      bytes,
      warnings: [...limits, ...recording.info.warnings]
    }
  } finally {
    await recording.close()
  }
}

async function writeWhole(request: ExportRequest, place: ExportPlace, content: ExportContent): Promise<number> {
  const { format, signal, onProgress } = request
  await removePartial(place)
  const described: Record<string, unknown> = {}
  try {
    await format.write(content, {
      path: place.partial,
      name: basename(place.target),
      signal,
      onRows: (done) => onProgress?.(done, content),
      describe: (fields) => Object.assign(described, fields)
    })
    if (place.sidecar !== null) await writeFile(place.partialSidecar, sidecarText(content, described), { flag: 'wx' })
    if (signal.aborted) throw new ExportCancelled()
    const bytes = await sizeOf(place.partial)
    // Another export may have made it in the meantime.
    await checkPlace(place, request.source, request.overwrite)
    await putInPlace(place)
    return bytes
  } catch (error) {
    // What made it fail is what is said, not that cleaning up failed too.
    await removePartial(place).catch(() => undefined)
    throw sentenceFor(error, place)
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path)
  if (!found.isDirectory()) return found.size
  let bytes = 0
  for (const name of await readdir(path)) bytes += await sizeOf(join(path, name))
  return bytes
}
