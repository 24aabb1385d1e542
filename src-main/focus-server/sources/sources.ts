import { basename, dirname, resolve } from 'node:path'
import { failure, ok, type Result } from '../../../src-preload/contract/errors.ts'
import { missingOf } from '../../recordings/assumptions.ts'
import { type Recording, RecordingError } from '../../recordings/recording.ts'
import { whyNotHistoric } from './recordingClock.ts'
import { findRecordings } from './recordingFolder.ts'
import { createRecordingSource } from './recordingSource.ts'
import { createSimulatedFibre } from './simulatedFibre.ts'
import type { AcquisitionSource, Fault } from './source.ts'
import type { SourceSpec } from './sourceSpec.ts'

export type OpenRecording = (path: string) => Promise<Recording>

export interface SourcesOptions {
  /** None: the simulated fibre with its defaults. The first that can be live is; further recordings are historic only. */
  specs: SourceSpec[]
  /** Searched for recordings, which are offered as historic jobs. */
  recordingsFolder: string | null
  openRecording: OpenRecording
}

/** What the server can acquire from. Owns its sources. */
export interface Sources {
  /** Null: no fibre. */
  readonly live: AcquisitionSource | null
  /** To be injected into each job's streams. */
  readonly faults: Fault[]
  /** All that have a historic range: the simulated fibre while it is live, and the recordings. */
  readonly historic: readonly AcquisitionSource[]
  /** What was left out and why, one sentence each, for the log. */
  readonly warnings: readonly string[]
  /** At run time. A recording that is there already is answered as it is. */
  addRecording(path: string): Promise<Result<AcquisitionSource>>
  dispose(): Promise<void>
}

/** Recordings that can't be read never stop the server: they become warnings that name file and reason. */
export async function createSources(options: SourcesOptions): Promise<Sources> {
  const historic: AcquisitionSource[] = []
  const warnings: string[] = []
  const owned: AcquisitionSource[] = []
  const byPath = new Map<string, Promise<Result<AcquisitionSource>>>()
  const specs: SourceSpec[] = options.specs.length > 0 ? options.specs : [{ kind: 'simulated', options: {} }]
  let live: AcquisitionSource | null = null
  let faults: Fault[] = []
  let isDisposed = false

  const open = async (path: string): Promise<Result<Recording>> => {
    try {
      return ok(await options.openRecording(path))
    } catch (error) {
      return failure('unreadable', nameFile(path, error))
    }
  }

  const openHistoric = async (path: string): Promise<Result<AcquisitionSource>> => {
    const opened = await open(path)
    if (!opened.ok) return opened
    const hindrance = isDisposed ? 'the server is stopping' : whyNotHistoric(opened.value.info)
    if (hindrance) {
      await opened.value.close()
      return failure('unsupported', `${path}: cannot be offered as a historic job: ${hindrance}${remedy(opened.value)}`)
    }
    const source = createRecordingSource(opened.value, { loopLive: false, name: freeName(path, historic) })
    owned.push(source)
    historic.push(source)
    return ok(source)
  }

  /** Two who ask for the same file at once get one source; a file that failed may be tried again. */
  const addRecording = async (path: string): Promise<Result<AcquisitionSource>> => {
    const key = resolve(path)
    const known = byPath.get(key)
    if (known) return known
    const adding = openHistoric(path)
    byPath.set(key, adding)
    const result = await adding
    if (!result.ok) byPath.delete(key)
    return result
  }

  /** Opened a second time, so that each source owns its recording. */
  const addLooped = async (path: string): Promise<void> => {
    const opened = await open(path)
    if (!opened.ok) {
      warnings.push(`${opened.error.message} (so there is no live fibre)`)
      return
    }
    try {
      live = createRecordingSource(opened.value, { loopLive: true })
      owned.push(live)
    } catch (error) {
      await opened.value.close()
      warnings.push(nameFile(path, error))
    }
  }

  for (const [index, spec] of specs.entries()) {
    const isFirst = index === 0
    if (spec.kind === 'recording') {
      if (isFirst) await addLooped(spec.path)
      if (isFirst && !live) continue
      const added = await addRecording(spec.path)
      if (!added.ok) warnings.push(added.error.message)
    } else if (!isFirst) {
      warnings.push(`Source “${spec.kind}” was left out: only the first source is live.`)
    } else if (spec.kind !== 'silent') {
      live = createSimulatedFibre(spec.options)
      owned.push(live)
      historic.push(live)
      if (spec.kind === 'faulty') faults = spec.faults
    }
  }

  if (options.recordingsFolder !== null) {
    const found = await findRecordings(options.recordingsFolder)
    warnings.push(...found.warnings)
    for (const path of found.paths) {
      const added = await addRecording(path)
      if (!added.ok) warnings.push(added.error.message)
    }
  }

  return {
    live,
    faults,
    historic,
    warnings,
    addRecording,
    async dispose() {
      isDisposed = true
      await Promise.all([...byPath.values()])
      await Promise.all(owned.map((source) => source.dispose()))
    }
  }
}

/** A job names its recording: files of one name in several folders are told apart by folder, then by number. */
function freeName(path: string, taken: readonly AcquisitionSource[]): string {
  const name = basename(path)
  const isFree = (wish: string): boolean => !taken.some(({ description }) => description.name === wish)
  const inFolder = `${name} (${basename(dirname(resolve(path)))})`
  let free = isFree(name) ? name : inFolder
  for (let number = 2; !isFree(free); number++) free = `${inFolder} ${number}`
  return free
}

/** A file that lacks what is needed can be told once; it is remembered. */
const remedy = ({ info }: Recording): string =>
  info.sampleIntervalNs === null || info.startTimeNs === null
    ? `. The file does not say ${missingOf(info)}; state it once, as in: wavefall inspect FILE --rate HZ --start TIME --spacing M`
    : ''

function nameFile(path: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return error instanceof RecordingError ? message : `${path}: cannot be read: ${message}`
}
