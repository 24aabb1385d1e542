import { readFile, stat, writeFile } from 'node:fs/promises'
import type { ExportSelection } from '../../../src-preload/contract/tasks.ts'
import type { Recording, RecordingInfo } from '../../recordings/recording.ts'
import { durationNs } from '../../recordings/timeAxis.ts'
import type { ExportContent } from '../export/exportContent.ts'
import { ExportCancelled, ExportError } from '../export/exportFormat.ts'
import { checkPlace, type ExportPlace, exportPlace, putInPlace, removePartial } from '../export/exportPlace.ts'
import { checkSpace, sentenceFor } from '../export/exportRoom.ts'
import { npyHeader } from '../export/npy.ts'
import { bytesOf, SequentialFile } from '../export/sequentialFile.ts'
import { spectraBlocks, spectraContent } from './spectraBlocks.ts'
import { frameCount, spectraPlan, type SpectraPlan, type SpectraRequest } from './spectraPlan.ts'

export interface SpectraTarget {
  source: string
  /** Ends in `.npy`; the document goes beside it as `.json`. */
  target: string
  /** Replace what is no earlier result of this. */
  overwrite: boolean
  signal: AbortSignal
  open(path: string): Promise<Recording>
  selection(info: RecordingInfo): ExportSelection
  request: SpectraRequest
  onProgress?(doneRows: number, rows: number): void
}

/** What stands beside the array. Row k is of the samples from startTimeNs + k · rowIntervalNs on. */
export interface SpectraDocument {
  nfft: number
  hop: number
  window: string
  scaling: string
  db: boolean
  sampleRateHz: number
  /** Time of the first sample of the first frame; null where it is not known. */
  startTimeNs: string | null
  rowIntervalNs: string
  frequenciesHz: number[]
  shape: [number, number]
}

export interface SpectraOutcome {
  document: SpectraDocument
  content: ExportContent
  files: [string, string]
  warnings: string[]
}

/**
 * Spectra or band energies of a part of a recording as a NumPy array of float32 in C order, with a document beside it. Both
 * are put in their place when they are whole.
 *
 * @throws ExportError, ExportCancelled, RecordingError with one sentence each
 */
export async function writeSpectra(asked: SpectraTarget): Promise<SpectraOutcome> {
  const sidecar = asked.target.replace(/\.npy$/i, '.json')
  const place = exportPlace(asked.target, sidecar, `${process.pid}-${Date.now()}`)
  const mayReplace = asked.overwrite || (await isEarlierResult(place))
  await checkPlace(place, asked.source, mayReplace)
  const recording = await asked.open(asked.source)
  try {
    const { info } = recording
    const plan = spectraPlan(asked.request, info)
    const content = spectraContent(recording, asked.selection(info))
    const rows = frameCount(content.rows, plan)
    if (rows === 0)
      throw new ExportError(
        `${info.file}: what was chosen has ${content.rows} samples, fewer than one frame of ${plan.nfft}; choose a longer time or a smaller --nfft.`
      )
    const document = documentOf(content, plan, rows)
    await checkSpace(place, rows * document.shape[1] * 4)
    const invalidFrames = await writeWhole(asked, place, document, (signal) => spectraBlocks(content, plan, signal))
    return {
      document,
      content,
      files: [place.target, place.sidecar!],
      warnings: [...warningsOf(asked.request, content, plan, invalidFrames), ...info.warnings]
    }
  } finally {
    await recording.close()
  }
}

/** An array with a document of this kind beside it may be made again. */
async function isEarlierResult({ target, sidecar }: ExportPlace): Promise<boolean> {
  try {
    const found: unknown = JSON.parse(await readFile(sidecar!, 'utf8'))
    return (await stat(target)).isFile() && typeof found === 'object' && found !== null && 'rowIntervalNs' in found
  } catch {
    return false
  }
}

function documentOf(content: ExportContent, plan: SpectraPlan, rows: number): SpectraDocument {
  const { nfft, hop, window, scaling, isDecibels, sampleRateHz, frequenciesHz, output } = plan
  return {
    nfft,
    hop,
    window,
    scaling,
    db: isDecibels,
    sampleRateHz,
    startTimeNs: content.hasStartTime ? String(content.startTimeNs) : null,
    rowIntervalNs: String(durationNs(hop, content.sampleIntervalNs ?? 1e9 / sampleRateHz)),
    frequenciesHz: [...frequenciesHz],
    shape: [rows, output === 'spectra' ? frequenciesHz.length : content.channels]
  }
}

async function writeWhole(
  { signal, source, onProgress }: SpectraTarget,
  place: ExportPlace,
  document: SpectraDocument,
  blocksOf: (signal: AbortSignal) => ReturnType<typeof spectraBlocks>
): Promise<number> {
  let invalidFrames = 0
  try {
    await SequentialFile.make(place.partial, async (file) => {
      await file.append(npyHeader('<f4', document.shape))
      for await (const block of blocksOf(signal)) {
        await file.append(bytesOf(block.values))
        invalidFrames += block.invalidFrames
        onProgress?.(block.firstRow + block.rows, document.shape[0])
      }
    })
    await writeFile(place.partialSidecar, `${JSON.stringify(document)}\n`, { flag: 'wx' })
    if (signal.aborted) throw new ExportCancelled()
    // What is there was looked at when it began; only the recording itself must never be replaced.
    await checkPlace(place, source, true)
    await putInPlace(place)
    return invalidFrames
  } catch (error) {
    await removePartial(place).catch(() => undefined)
    throw sentenceFor(error, place)
  }
}

function warningsOf(
  { band }: SpectraRequest,
  content: ExportContent,
  { sampleRateHz, nfft }: SpectraPlan,
  invalidFrames: number
): string[] {
  const warnings: string[] = []
  if (band.highHz !== null && band.highHz > sampleRateHz / 2)
    warnings.push(`The samples reach to ${sampleRateHz / 2} Hz: the band ends there, not at ${band.highHz} Hz.`)
  if (content.filledRows > 0)
    warnings.push(
      `${content.gaps.length === 1 ? 'A gap' : `${content.gaps.length} gaps`} of ${content.filledRows} samples: rows keep their time, and those whose ${nfft} samples touch a gap are NaN.`
    )
  if (invalidFrames > 0)
    warnings.push(`${invalidFrames} frames hold samples that are no numbers, or a gap: they are NaN.`)
  return warnings
}
