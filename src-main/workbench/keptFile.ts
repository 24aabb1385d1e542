import { copyFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Clock } from '../clock.ts'
import { createSerialWriter, readJsonFile } from '../storage/atomicFile.ts'

/** What was wrong with a kept file when it was read; the file as it was lies beside it. */
export interface KeptFileProblem {
  file: string
  /** `is damaged`, `was written by a newer version of the program`. */
  reason: string
  keptAside: string | null
}

export interface KeptFile<Value extends object> {
  /** What was read; null where there is nothing that can be used. */
  readonly initial: Value | null
  write(value: Value): void
  settled(): Promise<void>
}

export interface KeptFileOptions<Value extends object> {
  file: string
  version: number
  /** Null: not what this program writes. */
  parse(value: unknown): Value | null
  clock: Clock
  onProblem(problem: KeptFileProblem): void
  onError(error: unknown): void
}

export const versionOf = (value: unknown): number | null => {
  if (typeof value !== 'object' || value === null) return null
  const { version } = value as { version?: unknown }
  return typeof version === 'number' ? version : null
}

/**
 * A small versioned JSON file that one owner keeps. What cannot be read is copied aside before the first write goes over it,
 * so that neither a damaged file nor one of a newer version is ever lost.
 */
export async function openKeptFile<Value extends object>(options: KeptFileOptions<Value>): Promise<KeptFile<Value>> {
  const { file, version, clock } = options
  const read = await readJsonFile(file)
  const writer = createSerialWriter(file, version, options.onError)
  let initial: Value | null = null
  if (read.state !== 'absent') {
    const found = read.state === 'read' ? versionOf(read.value) : null
    initial = read.state === 'read' && found === version ? options.parse(read.value) : null
    if (initial === null) {
      const isNewer = found !== null && found > version
      const kind = isNewer ? `version-${found}` : 'damaged'
      const time = new Date(clock.nowMs()).toISOString().replace(/[:.]/g, '-')
      const aside = `${basename(file, '.json')}.${kind}-${time}.json`
      const keptAside = await copyFile(file, join(dirname(file), aside)).then(
        () => aside,
        () => null
      )
      options.onProblem({
        file: basename(file),
        reason: isNewer ? `was written by a newer version of the program (${found})` : 'is damaged',
        keptAside
      })
    }
  }
  return {
    initial,
    write: (value) => void writer.write(value),
    settled: () => writer.settled()
  }
}
