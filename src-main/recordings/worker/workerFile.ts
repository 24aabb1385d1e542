import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The entry of the reading thread: the source beside this one where the runtime strips types, else the built file next to
 * the entries or above the chunks of the bundle. Null where there is none, as in a bundle of one's own.
 */
export function recordingWorkerFile(): string | null {
  const places = import.meta.url.endsWith('.ts') ? ['./worker.ts'] : ['./recordingWorker.cjs', '../recordingWorker.cjs']
  const files = places.map((place) => fileURLToPath(new URL(place, import.meta.url)))
  return files.find((file) => existsSync(file)) ?? null
}
