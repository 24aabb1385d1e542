import { lstat, realpath, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ExportError } from './exportFormat.ts'

/** What an export is made of on the disk: the target, the file beside it, and what both are called until they are whole. */
export interface ExportPlace {
  folder: string
  target: string
  /** Null where the target needs none beside it. */
  sidecar: string | null
  partial: string
  partialSidecar: string
}

/**
 * `sidecar`: path of the file beside it, null for none. `key` tells apart exports to the same name; with the same key, what an
 * earlier attempt left is removed.
 */
export function exportPlace(target: string, sidecar: string | null, key: string): ExportPlace {
  const whole = resolve(target)
  const folder = dirname(whole)
  const partial = join(folder, `.${basename(whole)}.${key}.partial`)
  return {
    folder,
    target: whole,
    sidecar: sidecar === null ? null : resolve(sidecar),
    partial,
    partialSidecar: `${partial}.json`
  }
}

const kindOf = (path: string): Promise<'file' | 'folder' | null> =>
  lstat(path).then(
    (found) => (found.isDirectory() ? 'folder' : 'file'),
    () => null
  )

export const exists = async (path: string): Promise<boolean> => (await kindOf(path)) !== null

const isZarr = async (path: string): Promise<boolean> =>
  (await readdir(path).catch(() => [] as string[])).some((name) => ['zarr.json', '.zgroup', '.zarray'].includes(name))

/** Throws `ExportError` where the target may not be written. */
export async function checkPlace(place: ExportPlace, source: string, overwrite: boolean): Promise<void> {
  const { target, sidecar, folder } = place
  if ((await kindOf(folder)) === null && (await realpath(folder).catch(() => null)) === null)
    throw new ExportError(`${target}: the folder ${folder} does not exist; make it first, or choose another one.`)
  const [targetReal, sourceReal] = await Promise.all([target, source].map((path) => realpath(path).catch(() => null)))
  if (targetReal !== null && targetReal === sourceReal)
    throw new ExportError(`${target}: it is the recording itself; choose another name.`)
  const kind = await kindOf(target)
  if (kind !== null && !overwrite)
    throw new ExportError(`${target}: it exists already; choose another name, or say that it may be overwritten.`)
  if (kind === 'folder' && !(await isZarr(target)))
    throw new ExportError(`${target}: it is a folder that is no Zarr; it is not overwritten. Choose another name.`)
  if (sidecar !== null && !overwrite && (await exists(sidecar)))
    throw new ExportError(`${sidecar}: it exists already; choose another name, or say that it may be overwritten.`)
}

/** Puts what is whole in its place. A folder cannot be replaced in one step: the old one is set aside for the moment. */
export async function putInPlace(place: ExportPlace): Promise<void> {
  const { target, sidecar, partial, partialSidecar } = place
  const aside = (await kindOf(target)) === 'folder' ? `${partial}.old` : null
  if (aside !== null) await rename(target, aside)
  try {
    await rename(partial, target)
  } catch (error) {
    if (aside !== null) await rename(aside, target)
    throw error
  }
  if (sidecar !== null) await rename(partialSidecar, sidecar)
  if (aside !== null) await rm(aside, { recursive: true, force: true })
}

export async function removePartial({ partial, partialSidecar }: ExportPlace): Promise<void> {
  for (const path of [partial, partialSidecar]) await rm(path, { recursive: true, force: true, maxRetries: 3 })
}
