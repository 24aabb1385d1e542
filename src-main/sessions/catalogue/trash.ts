import { mkdir, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncFolder } from '../../storage/atomicFile.ts'

export const trashName = '.trash'

/** Moves a session's folder to the trash beside it: on the same disk, so whole or not at all. Gives its new place. */
export async function moveToTrashFolder(folder: string, nowMs: number): Promise<string> {
  const trash = join(dirname(folder), trashName)
  await mkdir(trash, { recursive: true })
  const stamp = new Date(nowMs).toISOString().replace(/[-:]/g, '').slice(0, 15)
  for (let attempt = 1; ; attempt++) {
    const target = join(trash, `${basename(folder)}~${stamp}${attempt > 1 ? `-${attempt}` : ''}`)
    try {
      await rename(folder, target)
      await syncFolder(dirname(folder))
      return target
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (attempt > 20 || !['EEXIST', 'ENOTEMPTY'].includes(code ?? '')) throw error
    }
  }
}
