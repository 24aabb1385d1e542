import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Recording, RecordingInfo } from '../recording.ts'
import { RecordingError } from '../recording.ts'
import { durationNs, timeOfRow } from '../timeAxis.ts'

export type OpenFile = (path: string) => Promise<Recording>

/** A file of a folder, in the order of names as people count. */
export interface FolderFile {
  name: string
  path: string
  bytes: number
  modifiedMs: number
  /** Its first bytes: files of one recorder begin alike. */
  signature: string
}

/** Rows of one file without a gap among them. */
export interface MemberRun {
  startTimeNs: bigint | null
  firstRow: number
  rows: number
}

export interface Member {
  file: FolderFile
  format: string
  rows: number
  runs: MemberRun[]
  /** Was opened; otherwise its neighbours say what it is, and that is checked when it is read. */
  isOpened: boolean
}

/** So many files are all opened. */
const fewFiles = 256
/** Of more, so many evenly spread ones at least. */
const probes = 64

export interface FoundMembers {
  info: RecordingInfo
  members: Member[]
  /** Files that are no recordings, or damaged ones, each with the reason. */
  skipped: { name: string; reason: string }[]
}

/** Files of a folder, natural order (`2` before `10`); names that begin with a dot and folders are left out. */
export function listFiles(folder: string, entries: readonly string[]): FolderFile[] {
  const byName = new Intl.Collator('en', { numeric: true })
  const all = new Set(entries)
  // NAME.json beside NAME belongs to it.
  const isSidecar = (name: string): boolean => name.endsWith('.json') && all.has(name.slice(0, -5))
  const names = entries
    .filter((name) => !name.startsWith('.') && !isSidecar(name))
    .sort((a, b) => byName.compare(a, b) || (a < b ? -1 : 1))
  const files: FolderFile[] = []
  for (const name of names) {
    const path = join(folder, name)
    const status = statSync(path, { throwIfNoEntry: false })
    if (status?.isFile())
      files.push({ name, path, bytes: status.size, modifiedMs: status.mtimeMs, signature: signatureOf(path) })
  }
  return files
}

function signatureOf(path: string): string {
  const bytes = new Uint8Array(8)
  try {
    const descriptor = openSync(path, 'r')
    try {
      return `${readSync(descriptor, bytes, 0, bytes.length, 0)}:${bytes.join(' ')}`
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // Opening it again says why.
    return ''
  }
}

/**
 * Finds out what each file of a folder holds. A few are all opened. Of many, evenly spread ones are, and where two of them
 * lie as far apart in time as the files between them last, those are not opened: they are looked at when they are read.
 */
export class MemberScan {
  readonly #open: OpenFile
  readonly #named: readonly FolderFile[]
  /** In the order of names, or of their writing where that follows the times and names do not. */
  #files: FolderFile[]
  #members: (Member | 'skipped' | null)[]
  readonly #skipped: FoundMembers['skipped'] = []
  /** Of every format the first file, and what another one of it has otherwise. */
  readonly #kinds = new Map<string, { info: RecordingInfo; name: string; mismatch: FolderMismatch | null }>()

  constructor(files: FolderFile[], open: OpenFile) {
    this.#named = files
    this.#files = files
    this.#open = open
    this.#members = files.map(() => null)
  }

  async scan(folder: string): Promise<FoundMembers> {
    const count = this.#files.length
    if (count <= fewFiles) for (let i = 0; i < count; i++) await this.#member(i)
    else await this.#scanMany()
    const kind = this.#mostCommon()
    if (kind === null) {
      const [first] = this.#skipped
      throw new RecordingError(
        folder,
        `is a folder that holds no recording: ${first ? `${first.name} ${first.reason}` : 'there is no file in it'}`
      )
    }
    if (kind.mismatch) throw kind.mismatch
    const members: Member[] = []
    for (const member of this.#members) {
      if (member === null || member === 'skipped') continue
      if (member.format === kind.info.format) members.push(member)
      else this.#skipped.push({ name: member.file.name, reason: `is ${member.format}, not ${kind.info.format}` })
    }
    // Files of one time stay in the order of names.
    const order = new Map(this.#named.map((file, i) => [file, i]))
    members.sort((a, b) => order.get(a.file)! - order.get(b.file)!)
    return { info: kind.info, members, skipped: this.#skipped }
  }

  #mostCommon(): { info: RecordingInfo; mismatch: FolderMismatch | null } | null {
    const counts = new Map<string, number>()
    for (const member of this.#members)
      if (member !== null && member !== 'skipped') counts.set(member.format, (counts.get(member.format) ?? 0) + 1)
    const [most] = [...counts].sort((a, b) => b[1] - a[1])
    return most ? this.#kinds.get(most[0])! : null
  }

  async #scanMany(): Promise<void> {
    const count = this.#files.length
    const places = Array.from({ length: probes }, (_, k) => Math.floor((k * (count - 1)) / (probes - 1)))
    for (const place of places) await this.#member(place)
    if (!this.#doTimesRise()) {
      this.#files = [...this.#files].sort((a, b) => a.modifiedMs - b.modifiedMs)
      const known = new Map(this.#members.flatMap((member, i) => (member ? [[this.#named[i]!, member] as const] : [])))
      this.#members = this.#files.map((file) => known.get(file) ?? null)
      for (const place of places) await this.#member(place)
    }
    await this.#openOddOnes()
    const known = this.#knownPlaces()
    if (known.length === 0) for (let i = 0; i < count; i++) await this.#member(i)
    else {
      for (let i = 0; i < known[0]!; i++) await this.#member(i)
      for (let k = 1; k < known.length; k++) await this.#between(known[k - 1]!, known[k]!)
      for (let i = known.at(-1)! + 1; i < count; i++) await this.#member(i)
    }
  }

  #doTimesRise(): boolean {
    const starts = this.#knownPlaces().map((i) => (this.#members[i] as Member).runs[0]!.startTimeNs)
    return starts.every((start, k) => k === 0 || (start !== null && start >= (starts[k - 1] ?? start)))
  }

  #knownPlaces(): number[] {
    return this.#members.flatMap((member, i) => (member !== null && member !== 'skipped' ? [i] : []))
  }

  /** Files whose size or first bytes are not those of the files that were opened are opened, too. */
  async #openOddOnes(): Promise<void> {
    const known = this.#knownPlaces().map((i) => this.#files[i]!)
    const sizes = known.map(({ bytes }) => bytes)
    const signatures = new Set(known.map(({ signature }) => signature))
    // Compressed files differ in size; one that is far smaller was cut off or ended early.
    const isOneSize = new Set(sizes.slice(0, -1)).size <= 1
    const smallest = Math.min(...sizes) * (isOneSize ? 1 : 0.8)
    const largest = Math.max(...sizes) * (isOneSize ? 1 : 1.25)
    for (const [i, { bytes, signature }] of this.#files.entries())
      if (bytes < smallest || bytes > largest || !signatures.has(signature)) await this.#member(i)
  }

  async #between(lowAt: number, highAt: number): Promise<void> {
    const low = this.#members[lowAt]
    const high = this.#members[highAt]
    if (highAt - lowAt < 2) return
    const isKnown = low && low !== 'skipped' && high && high !== 'skipped'
    const intervalNs = isKnown ? this.#kinds.get(low.format)!.info.sampleIntervalNs : null
    if (isKnown && intervalNs !== null && this.#isEven(low, high, highAt - lowAt, intervalNs)) {
      for (let i = lowAt + 1; i < highAt; i++) {
        const startTimeNs = low.runs[0]!.startTimeNs! + durationNs((i - lowAt) * low.rows, intervalNs)
        this.#members[i] ??= {
          file: this.#files[i]!,
          format: low.format,
          rows: low.rows,
          runs: [{ startTimeNs, firstRow: 0, rows: low.rows }],
          isOpened: false
        }
      }
      return
    }
    const middle = (lowAt + highAt) >> 1
    await this.#member(middle)
    await this.#between(lowAt, middle)
    await this.#between(middle, highAt)
  }

  #isEven(low: Member, high: Member, files: number, intervalNs: number): boolean {
    const start = low.runs[0]!.startTimeNs
    const end = high.runs[0]!.startTimeNs
    if (start === null || end === null || low.runs.length > 1 || low.rows !== high.rows || low.format !== high.format)
      return false
    const offNs = Number(end - start - durationNs(files * low.rows, intervalNs))
    return Math.abs(offNs) < intervalNs / 2
  }

  async #member(at: number): Promise<void> {
    if (this.#members[at] !== null) return
    const file = this.#files[at]!
    let recording: Recording
    try {
      recording = await this.#open(file.path)
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error
      this.#members[at] = 'skipped'
      this.#skipped.push({ name: file.name, reason: error.message.replace(`${error.file}: `, '') })
      return
    }
    try {
      const { info } = recording
      const kind = this.#kinds.get(info.format)
      if (kind) kind.mismatch ??= differenceOf(info, kind.info, file, kind.name)
      else this.#kinds.set(info.format, { info, name: file.name, mismatch: null })
      this.#members[at] = { file, format: info.format, rows: info.shape.time, runs: runsOf(info), isOpened: true }
    } finally {
      await recording.close()
    }
  }
}

function runsOf(info: RecordingInfo): MemberRun[] {
  const starts = info.segments?.map(({ firstIndex }) => firstIndex) ?? [0]
  return starts.map((firstRow, k) => ({
    startTimeNs: timeOfRow(info, firstRow) ?? (k === 0 ? info.startTimeNs : null),
    firstRow,
    rows: (starts[k + 1] ?? info.shape.time) - firstRow
  }))
}

/** What all files of a recording must have in common, with what an operator calls it. */
const shared: readonly [string, (info: RecordingInfo) => unknown][] = [
  ['format', ({ format }) => format],
  ['channels', ({ shape }) => shape.channel],
  ['sample rate', ({ sampleRateHz }) => (sampleRateHz === null ? null : Number(sampleRateHz.toPrecision(7)))],
  ['type of values', ({ dtype }) => dtype],
  ['scale', ({ scale }) => Number(scale.toPrecision(7))],
  ['unit', ({ unit }) => unit],
  ['quantity', ({ quantity }) => quantity],
  ['first channel', ({ firstChannel }) => firstChannel],
  [
    'channel spacing',
    ({ channelSpacingM }) => (channelSpacingM === null ? null : Number(channelSpacingM.toPrecision(6)))
  ],
  ['channel names', ({ channelNames }) => channelNames?.join(' ') ?? null],
  ['bands', ({ bands }) => JSON.stringify(bands)]
]

/** Why two files are not of one acquisition; null where nothing speaks against it. */
export function differenceOf(
  info: RecordingInfo,
  first: RecordingInfo,
  file: FolderFile,
  firstName: string
): FolderMismatch | null {
  for (const [what, of] of shared) {
    const [here, there] = [of(info), of(first)]
    if (here !== there)
      return new FolderMismatch(
        `${file.name} differs from ${firstName} in ${what}: ${String(here)}, not ${String(there)}`
      )
  }
  return null
}

/** Two files of a folder that are no parts of one recording. */
export class FolderMismatch extends Error {
  override readonly name = 'FolderMismatch'
}
