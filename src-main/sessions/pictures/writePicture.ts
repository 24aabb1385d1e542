import { open, writeFile } from 'node:fs/promises'
import type { ExportSelection } from '../../../src-preload/contract/tasks.ts'
import type { Recording, RecordingInfo } from '../../recordings/recording.ts'
import { ExportCancelled } from '../export/exportFormat.ts'
import { checkPlace, exportPlace, putInPlace, removePartial } from '../export/exportPlace.ts'
import { sentenceFor } from '../export/exportRoom.ts'
import type { CellWork } from './pictureCells.ts'
import type { PictureDocument, PictureRequest } from './pictureRequest.ts'
import { renderPicture } from './renderPicture.ts'

export interface PictureTarget extends CellWork {
  source: string
  target: string
  /** Replace what is no picture. */
  overwrite: boolean
  request: PictureRequest
  open(path: string): Promise<Recording>
  selection(info: RecordingInfo): ExportSelection
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** A picture may be made again. */
async function isPng(path: string): Promise<boolean> {
  const handle = await open(path, 'r').catch(() => null)
  if (handle === null) return false
  try {
    const { buffer } = await handle.read(Buffer.alloc(8), 0, 8, 0)
    return buffer.equals(pngSignature)
  } catch {
    return false
  } finally {
    await handle.close()
  }
}

/** Renders a picture and puts it in its place when it is whole. Throws as `renderPicture` does. */
export async function writePicture(asked: PictureTarget): Promise<PictureDocument> {
  const { source, target, signal } = asked
  const place = exportPlace(target, null, `${process.pid}-${Date.now()}`)
  await checkPlace(place, source, asked.overwrite || (await isPng(place.target)))
  const recording = await asked.open(source)
  try {
    const { png, document } = await renderPicture(recording, asked)
    if (signal.aborted) throw new ExportCancelled()
    try {
      await writeFile(place.partial, png, { flag: 'wx' })
      await checkPlace(place, source, true)
      await putInPlace(place)
    } catch (error) {
      await removePartial(place).catch(() => undefined)
      throw sentenceFor(error, place)
    }
    return document
  } finally {
    await recording.close()
  }
}
