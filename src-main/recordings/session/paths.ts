import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const manifestName = 'session.json'
export const labelsName = 'labels.json'
/** The marks that were made on it: `{ version, subject, annotations: [...] }`. */
export const annotationsName = 'annotations.json'
export const readmeName = 'README.txt'
/** There while a writer is at work; its time is renewed every few seconds. */
export const lockName = 'recording.lock'
/** Room that is given back when the disk is full, so that the session can still be closed. */
export const reserveName = 'reserve'

export const manifestFile = (folder: string): string => join(folder, manifestName)
export const labelsFile = (folder: string): string => join(folder, labelsName)

const segmentPattern = /^segment-(\d{6,9})\.wfs$/

export const segmentName = (number: number): string => `segment-${String(number).padStart(6, '0')}.wfs`
export const segmentNumber = (name: string): number | null => {
  const match = segmentPattern.exec(name)
  return match ? Number(match[1]) : null
}
export const indexName = (segment: string): string => segment.replace(/\.wfs$/, '.index')

/** Segments among the names of a folder, by their numbers. */
export const segmentNames = (entries: readonly string[]): string[] =>
  entries.filter((name) => segmentPattern.test(name)).sort((a, b) => segmentNumber(a)! - segmentNumber(b)!)

/** The session's folder that a path stands for: the folder itself, or a file in it. Null where it is no session. */
export function sessionFolderAt(path: string): string | null {
  const folder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : dirname(path)
  return existsSync(manifestFile(folder)) ? folder : null
}
