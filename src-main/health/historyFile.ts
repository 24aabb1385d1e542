import { appendFile, mkdir, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import { crc32 } from '../recordings/session/crc32.ts'
import type { HistoryRecord, RecordedValue } from './history.ts'
import type { Finding } from './readings.ts'
import type { ComponentSource } from './sources.ts'

/**
 * The history of readings and happenings on the disk: text files to which lines are appended, `crc json`. Each run writes
 * files of its own, so that nothing that was written is ever touched again and two programs on one folder do not meet. A
 * record holds what has changed since the one before; the first of a file holds everything.
 */
export interface HistoryFile {
  /** What earlier runs wrote and can be read, the oldest first. */
  load(): Promise<{ records: HistoryRecord[]; happenings: unknown[] }>
  record(record: HistoryRecord): void
  happening(happening: object): void
  /** Bytes that wait for the disk or were refused by it. */
  counters(): { writtenBytes: number; droppedLines: number; failures: number; lastFailure: string; isFailing: boolean }
  settled(): Promise<void>
}

export interface HistoryFileOptions {
  folder: string
  clock: Clock
  /** One sentence: what is wrong with which file, and what was done. */
  problem(sentence: string, kind: 'read' | 'write'): void
  keptMs?: number
  bytesMax?: number
}

const recordsPerFile = 500
const fileBytesMax = 4 * 1024 * 1024
const filesMax = 60
const linesWaitingMax = 2000
const sayAgainMs = 600_000

interface Line {
  /** Definition of a series of this file. */
  s?: [number, string, Record<string, string>]
  /** Record: time, changed values `[series, mean]` or `[series, min, mean, max]`, series that are gone. */
  t?: number
  v?: number[][]
  g?: number[]
  /** Happening. */
  e?: unknown
}

const rounded = (value: number): number => Number(value.toPrecision(7))
const lineOf = (content: Line): string => {
  const text = JSON.stringify(content)
  return `${crc32(Buffer.from(text)).toString(16).padStart(8, '0')} ${text}\n`
}

function parsedLine(line: string): Line | null {
  const text = line.slice(9)
  if (crc32(Buffer.from(text)).toString(16).padStart(8, '0') !== line.slice(0, 8)) return null
  try {
    return JSON.parse(text) as Line
  } catch {
    return null
  }
}

/** Reads one file; `damaged` where a line is not what was written. What follows the last end of a line a crash has cut. */
function readLines(text: string): { records: HistoryRecord[]; happenings: unknown[]; damaged: boolean } {
  const lines = text.split('\n')
  lines.pop()
  const definitions = new Map<number, Pick<RecordedValue, 'key' | 'name' | 'labels'>>()
  const state = new Map<number, RecordedValue>()
  const records: HistoryRecord[] = []
  const happenings: unknown[] = []
  let damaged = false
  for (const line of lines) {
    const content = parsedLine(line)
    if (!content) {
      damaged = true
      continue
    }
    if (content.s) {
      const [id, name, labels] = content.s
      definitions.set(id, {
        name,
        labels,
        key:
          name +
          Object.values(labels)
            .map((value) => `\u0001${value}`)
            .join('')
      })
    }
    if (content.e !== undefined) happenings.push(content.e)
    if (content.t === undefined) continue
    for (const id of content.g ?? []) state.delete(id)
    for (const [id, first, mean, max] of content.v ?? []) {
      const definition = definitions.get(id!)
      if (definition) state.set(id!, { ...definition, min: first!, mean: mean ?? first!, max: max ?? first! })
    }
    records.push({ atMs: content.t, values: [...state.values()] })
  }
  return { records, happenings, damaged }
}

export function createHistoryFile(options: HistoryFileOptions): HistoryFile {
  const { folder, clock, keptMs = 26 * 3_600_000, bytesMax = 48 * 1024 * 1024 } = options
  let file: string | null = null
  let fileNumber = 0
  let fileRecords = 0
  let fileBytes = 0
  let ids = new Map<string, number>()
  let before = new Map<string, RecordedValue>()
  let waiting: string[] = []
  let writing: Promise<void> | null = null
  let writtenBytes = 0
  let droppedLines = 0
  let failures = 0
  let lastFailure = ''
  let isFailing = false
  let saidAtMs = -Infinity

  const stamp = (): string => new Date(clock.nowMs()).toISOString().replace(/[-:.]/g, '')

  function beginFile(): void {
    file = join(folder, `readings-${stamp()}-${process.pid}-${fileNumber++}.log`)
    fileRecords = 0
    fileBytes = 0
    ids = new Map()
    before = new Map()
  }

  async function removeOld(): Promise<void> {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith('readings-')).sort()
    const files = await Promise.all(
      names.map(async (name) => {
        const found = await stat(join(folder, name)).catch(() => null)
        return { path: join(folder, name), bytes: found?.size ?? 0, atMs: found?.mtimeMs ?? 0 }
      })
    )
    let bytes = 0
    for (const [at, { path, bytes: size, atMs }] of files.reverse().entries()) {
      bytes += size
      if (path === file) continue
      if (at >= filesMax || bytes > bytesMax || clock.nowMs() - atMs > keptMs) await unlink(path).catch(() => undefined)
    }
  }

  async function write(): Promise<void> {
    await Promise.resolve()
    while (waiting.length > 0) {
      const lines = waiting
      waiting = []
      const text = lines.join('')
      const target = file!
      try {
        await mkdir(folder, { recursive: true })
        await appendFile(target, text, { flush: true })
        writtenBytes += Buffer.byteLength(text)
        isFailing = false
      } catch (error) {
        droppedLines += lines.length
        // Every line that comes finds the same disk: that is one failure.
        if (!isFailing) failures++
        isFailing = true
        // What comes next begins a file of its own: half a file would be read wrongly.
        if (file === target) beginFile()
        const code = (error as NodeJS.ErrnoException).code ?? String(error)
        lastFailure = `The history of readings cannot be written to ${folder} (${code}).`
        if (clock.monotonicMs() - saidAtMs > sayAgainMs) {
          saidAtMs = clock.monotonicMs()
          options.problem(`${lastFailure} It goes on in memory, and the next record is tried in a new file.`, 'write')
        }
      }
    }
    writing = null
  }

  function append(line: string): void {
    if (waiting.length >= linesWaitingMax) {
      droppedLines++
      return
    }
    waiting.push(line)
    fileBytes += line.length
    writing ??= write()
  }

  function appendRecord(record: HistoryRecord): void {
    const changed: number[][] = []
    const now = new Map<string, RecordedValue>()
    let definitions = ''
    for (const value of record.values) {
      const { key, name, labels } = value
      now.set(key, value)
      let id = ids.get(key)
      if (id === undefined) {
        id = ids.size
        ids.set(key, id)
        definitions += lineOf({ s: [id, name, labels] })
      }
      const last = before.get(key)
      if (last?.min === value.min && last.mean === value.mean && last.max === value.max) continue
      const isFlat = value.min === value.max
      changed.push(
        isFlat ? [id, rounded(value.mean)] : [id, rounded(value.min), rounded(value.mean), rounded(value.max)]
      )
    }
    const gone = [...before.keys()].filter((key) => !now.has(key)).map((key) => ids.get(key)!)
    before = now
    append(definitions + lineOf({ t: record.atMs, v: changed, ...(gone.length > 0 ? { g: gone } : {}) }))
  }

  async function loadFile(name: string): Promise<ReturnType<typeof readLines> | null> {
    const path = join(folder, name)
    let text: string | null = null
    let why = 'is damaged'
    try {
      text = await readFile(path, 'utf8')
    } catch (error) {
      why = `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`
    }
    const read = text === null ? null : readLines(text)
    if (read && !read.damaged) return read
    const aside = `damaged-${stamp()}-${name}`
    const isAside = await rename(path, join(folder, aside)).then(
      () => true,
      () => false
    )
    options.problem(
      `A file of the history of readings ${why}: ${path}. ${isAside ? `It is kept as ${aside}` : 'It stays where it is'}; ${read ? 'what could be read of it is shown' : 'the charts have a gap there'}.`,
      'read'
    )
    return read
  }

  beginFile()
  return {
    async load() {
      const records: HistoryRecord[] = []
      const happenings: unknown[] = []
      let names: string[] = []
      try {
        names = (await readdir(folder)).filter((name) => name.startsWith('readings-')).sort()
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code !== 'ENOENT') options.problem(`The history of readings in ${folder} cannot be read (${code}).`, 'read')
      }
      for (const name of names) {
        const read = await loadFile(name)
        if (!read) continue
        for (const record of read.records) records.push(record)
        happenings.push(...read.happenings)
      }
      await removeOld()
      records.sort((a, b) => a.atMs - b.atMs)
      return { records, happenings }
    },
    record(record) {
      if (fileRecords >= recordsPerFile || fileBytes >= fileBytesMax) {
        beginFile()
        void removeOld()
      }
      fileRecords++
      appendRecord(record)
    },
    happening: (happening) => append(lineOf({ e: happening })),
    counters: () => ({ writtenBytes, droppedLines, failures, lastFailure, isFailing }),
    settled: () => writing ?? Promise.resolve()
  }
}

export const damagedHistory = (sentence: string): Finding => ({
  ruleId: 'history-damaged',
  component: 'history',
  severity: 'warning',
  title: 'The history of readings could not be read in full',
  description: sentence,
  value: null,
  threshold: null
})

/** Whether it can be written. */
export function historyComponent(file: Pick<HistoryFile, 'counters'>): ComponentSource {
  const { failures, lastFailure, isFailing } = file.counters()
  const after = 'Charts go on in memory; what could not be written is missing after a restart.'
  return { component: 'history of readings', failures, reason: lastFailure, isBack: !isFailing, after }
}
