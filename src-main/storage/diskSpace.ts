import { execFile } from 'node:child_process'
import * as fileSystem from 'node:fs/promises'

export interface DiskSpace {
  freeBytes: number
  totalBytes: number
}

const dfWithinMs = 2000

/** For runtimes without `statfs`: POSIX `df`, whose second line is blocks of 1 KiB: size, used, available. */
const spaceByDf = (path: string): Promise<DiskSpace | null> =>
  new Promise((resolve) =>
    execFile('df', ['-Pk', path], { timeout: dfWithinMs }, (error, output) => {
      const match = error ? null : /\n\S.*?\s(\d+)\s+\d+\s+(\d+)\s+\d+%/.exec(output)
      resolve(match ? { totalBytes: Number(match[1]) * 1024, freeBytes: Number(match[2]) * 1024 } : null)
    })
  )

/** Room on the disk that holds a path, for this user; null where the system does not say. */
export async function diskSpace(path: string): Promise<DiskSpace | null> {
  if (typeof fileSystem.statfs !== 'function') return spaceByDf(path)
  try {
    const { bavail, blocks, bsize } = await fileSystem.statfs(path)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  } catch {
    return null
  }
}
