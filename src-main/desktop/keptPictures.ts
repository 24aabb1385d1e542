import { clipboard, ClipboardItem, dialog, nativeImage, type BrowserWindow } from 'electron'
import type { PictureKept } from '../../src-preload/contract/transport.ts'
import { writeFileAtomic } from '../storage/atomicFile.ts'

/** Arguments as they came from a page; resolves to null where the operator closed the dialog. Rejects never. */
export type KeepPicture = (target: unknown, name: unknown, png: unknown) => Promise<PictureKept | null>

/** An 8K screen of noise is not larger. */
const bytesMost = 128 * 1024 * 1024
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** The bytes of a PNG; null where they are none. */
export function pngBytes(value: unknown): Uint8Array | null {
  const bytes =
    value instanceof ArrayBuffer
      ? new Uint8Array(value)
      : ArrayBuffer.isView(value)
        ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
        : null
  if (!bytes || bytes.length < 57 || bytes.length > bytesMost) return null
  return signature.every((byte, index) => bytes[index] === byte) ? bytes : null
}

/** A name that is safe on every system, with the ending of a PNG. */
export function pictureName(name: unknown): string {
  const safe = (typeof name === 'string' ? name : '')
    .replace(/\.png$/i, '')
    .replace(/[^A-Za-z0-9 ._-]+/g, '-')
    .replace(/^[.\s-]+/, '')
    .slice(0, 120)
    .trim()
  return `${safe === '' ? 'wavefall' : safe}.png`
}

async function toFile(window: BrowserWindow, name: unknown, png: Uint8Array): Promise<PictureKept | null> {
  const chosen = await dialog.showSaveDialog(window, {
    title: 'Save the picture',
    defaultPath: pictureName(name),
    filters: [{ name: 'PNG', extensions: ['png'] }],
    properties: ['createDirectory', 'showOverwriteConfirmation']
  })
  if (chosen.canceled || !chosen.filePath) return null
  await writeFileAtomic(chosen.filePath, png)
  return { path: chosen.filePath, problem: null }
}

/** Runtimes before 45 take an image; later ones are modelled after the web's clipboard. */
async function copy(image: Electron.NativeImage, png: Uint8Array): Promise<void> {
  const before = clipboard as unknown as { writeImage?(image: Electron.NativeImage): void }
  if (typeof before.writeImage === 'function') before.writeImage(image)
  else
    await clipboard.write([new ClipboardItem({ 'image/png': new Blob([new Uint8Array(png)], { type: 'image/png' }) })])
}

/** Pictures leave the page through its shell: a page has no files, and no clipboard. */
export const keepPictureFor =
  (window: BrowserWindow): KeepPicture =>
  async (target, name, png) => {
    const bytes = pngBytes(png)
    if (!bytes) return { path: null, problem: 'This is no picture.' }
    try {
      if (target === 'file') return await toFile(window, name, bytes)
      const image = nativeImage.createFromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      if (image.isEmpty()) return { path: null, problem: 'This picture cannot be read.' }
      await copy(image, bytes)
      return { path: null, problem: null }
    } catch (error) {
      return {
        path: null,
        problem: `The picture was not kept: ${error instanceof Error ? error.message : String(error)}.`
      }
    }
  }
