import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'

const deepest = 8
const mostFiles = 2000
/** Papers and pictures that lie beside recordings; trying to open them would only fill the log. */
const besideRecordings = new Set(['.md', '.txt', '.json', '.pdf', '.png', '.jpg', '.jpeg', '.html', '.log', '.tmp'])
/** A folder that is one recording. */
const recordingFolders = new Set(['.zarr'])

/**
 * Paths below a folder that may be recordings, in the order of their names. Hidden ones are left out, linked folders are
 * not followed, and what lies beyond the bounds is named in a warning instead of read.
 */
export async function findRecordings(folder: string): Promise<{ paths: string[]; warnings: string[] }> {
  const paths: string[] = []
  const warnings: string[] = []

  const visit = async (directory: string, depth: number): Promise<void> => {
    let entries
    try {
      entries = await readdir(directory, { withFileTypes: true })
    } catch (error) {
      warnings.push(`${directory}: cannot be listed: ${(error as Error).message}`)
      return
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.')) continue
      const path = join(directory, entry.name)
      const extension = extname(entry.name).toLowerCase()
      if (entry.isDirectory() && !recordingFolders.has(extension)) {
        if (depth >= deepest) warnings.push(`${path}: lies more than ${deepest} folders deep and was left out`)
        else await visit(path, depth + 1)
        continue
      }
      if (besideRecordings.has(extension)) continue
      const isCandidate = entry.isDirectory() || entry.isFile() || (entry.isSymbolicLink() && (await isFile(path)))
      if (!isCandidate) continue
      if (paths.length >= mostFiles) {
        warnings.push(`${folder}: holds more than ${mostFiles} files; those from ${path} on were left out`)
        return
      }
      paths.push(path)
    }
  }

  await visit(folder, 0)
  return { paths, warnings }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
