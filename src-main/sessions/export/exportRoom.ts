import { diskSpace } from '../../storage/diskSpace.ts'
import { ExportError } from './exportFormat.ts'
import type { ExportPlace } from './exportPlace.ts'

/** Room that is left on a disk beyond the export itself. */
const spareBytes = 16 * 1024 * 1024

/** Throws `ExportError` where the disk has no room for so much. */
export async function checkSpace({ folder, target }: ExportPlace, neededBytes: number): Promise<void> {
  const space = await diskSpace(folder)
  if (space === null || space.freeBytes >= neededBytes + spareBytes) return
  throw new ExportError(
    `${target}: it needs about ${megabytes(neededBytes)}, and ${megabytes(space.freeBytes)} are free; free some, or choose another disk.`,
    { mayPass: true }
  )
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`

/** What the system says of a target, as a sentence that says what to do. */
export function sentenceFor(error: unknown, { target, folder }: ExportPlace): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (typeof code !== 'string') return error
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code))
    return new ExportError(`${target}: there is no room left for it; free some, or choose another disk.`, {
      mayPass: true
    })
  if (['EACCES', 'EPERM', 'EROFS'].includes(code))
    return new ExportError(`${target}: writing in ${folder} is not allowed; choose another folder.`)
  return new ExportError(`${target}: it cannot be written (${code}); choose another folder.`, { mayPass: true })
}
