import { createHash } from 'node:crypto'
import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { failure, ok, type Result } from '../../src-preload/contract/errors.ts'
import {
  layoutFile,
  layoutVersion,
  mainWindowId,
  type LayoutFile,
  type LayoutSummary,
  type WindowLayout
} from '../../src-preload/contract/workbench.ts'
import type { Clock } from '../clock.ts'
import { readJsonFile, writeFileAtomic } from '../storage/atomicFile.ts'
import { versionOf } from './keptFile.ts'

export const layoutsMost = 200

/** Named layouts, one file each, so that one that cannot be read costs no other. */
export interface Layouts {
  list(): Promise<LayoutSummary[]>
  save(name: string, windows: WindowLayout[], overwrite: boolean): Promise<Result<LayoutSummary>>
  read(name: string): Promise<Result<LayoutFile>>
  rename(name: string, newName: string): Promise<Result<LayoutSummary>>
  delete(name: string): Promise<Result<Record<string, never>>>
  import(text: string): Promise<Result<LayoutSummary>>
  export(name: string): Promise<Result<{ text: string }>>
}

interface Stored {
  file: string
  name: string
  /** A sentence where it cannot be opened. */
  layout: LayoutFile | string
}

const summaryOf = ({ name, layout }: Pick<Stored, 'name' | 'layout'>): LayoutSummary =>
  typeof layout === 'string'
    ? { name, savedAtNs: null, tiles: 0, popOuts: 0, problem: layout }
    : {
        name,
        savedAtNs: layout.savedAtNs,
        tiles: layout.windows.reduce((sum, { tiles }) => sum + tiles.length, 0),
        popOuts: layout.windows.filter(({ id }) => id !== mainWindowId).length,
        problem: null
      }

/** The layout that a JSON value is, or one sentence that says why it is none. */
export function parseLayout(value: unknown, what: string): LayoutFile | string {
  const version = versionOf(value)
  if (version !== null && version > layoutVersion)
    return `${what} was written by a newer version of the program (layout version ${version}, this one reads ${layoutVersion}); it is left as it is. Update the program to open it.`
  const parsed = layoutFile.safeParse(value)
  if (parsed.success) {
    if (parsed.data.windows.some(({ id }) => id === mainWindowId)) return parsed.data
    return `${what} has no main window, so it is no layout of this program.`
  }
  const issue = parsed.error.issues[0]
  const where = issue && issue.path.length > 0 ? ` (${issue.path.join('.')}: ${issue.message})` : ''
  return `${what} is no layout of this program${where}.`
}

const nameOf = (value: unknown, file: string): string => {
  const { name } = (typeof value === 'object' && value !== null ? value : {}) as { name?: unknown }
  return typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, 100) : file.replace(/\.json$/, '')
}

/** Readable, valid on every system, and different for different names. */
export function layoutFileName(name: string): string {
  const readable = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, 40)
  return `${readable}-${createHash('sha256').update(name).digest('hex').slice(0, 10)}.json`
}

export function createLayouts(options: {
  folder: string
  clock: Clock
  changed(list: LayoutSummary[]): void
}): Layouts {
  const { folder, clock } = options
  let turn: Promise<unknown> = Promise.resolve()

  async function stored(): Promise<Stored[]> {
    const files = (await readdir(folder).catch(() => [] as string[])).filter((file) => file.endsWith('.json'))
    const all = await Promise.all(
      files.slice(0, 2 * layoutsMost).map(async (file): Promise<Stored> => {
        const read = await readJsonFile(join(folder, file))
        const value = read.state === 'read' ? read.value : null
        const name = nameOf(value, file)
        const layout =
          read.state === 'read' ? parseLayout(value, `Layout "${name}"`) : `Layout "${name}" is damaged (${file}).`
        return { file: join(folder, file), name, layout }
      })
    )
    return all.sort((a, b) => a.name.localeCompare(b.name))
  }

  async function find(name: string): Promise<Stored | null> {
    return (await stored()).find((one) => one.name === name) ?? null
  }

  async function tell(): Promise<void> {
    options.changed((await stored()).map(summaryOf))
  }

  async function write(layout: LayoutFile): Promise<Result<LayoutSummary>> {
    try {
      await writeFileAtomic(join(folder, layoutFileName(layout.name)), `${JSON.stringify(layout, null, 2)}\n`)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return failure('failed', `Layout "${layout.name}" could not be written: ${reason}.`)
    }
    await tell()
    return ok(summaryOf({ name: layout.name, layout }))
  }

  const missing = (name: string): ReturnType<typeof failure> => failure('not-found', `There is no layout "${name}".`)

  async function read(name: string): Promise<Result<LayoutFile>> {
    const found = await find(name)
    if (!found) return missing(name)
    return typeof found.layout === 'string' ? failure('unreadable', found.layout) : ok(found.layout)
  }

  async function refusal(name: string, overwrite: boolean): Promise<ReturnType<typeof failure> | null> {
    const known = await stored()
    const before = known.find((one) => one.name === name)
    if (!before && known.length >= layoutsMost)
      return failure('refused', `There are ${layoutsMost} layouts already; delete one that is not needed.`)
    if (!before) return null
    if (typeof before.layout === 'string') return failure('refused', `${before.layout} Save under another name.`)
    return overwrite
      ? null
      : failure('refused', `There is a layout "${name}" already; save under another name, or replace it.`)
  }

  /** Reads and writes of the folder take turns. */
  function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = turn.then(work)
    turn = done.catch(() => undefined)
    return done
  }

  return {
    list: async () => (await stored()).map(summaryOf),
    save: (name, windows, overwrite) =>
      inTurn(async () => {
        const refused = await refusal(name, overwrite)
        if (refused) return refused
        return write({ version: layoutVersion, name, savedAtNs: clock.nowNs().toString(), windows })
      }),
    read,
    rename: (name, newName) =>
      inTurn(async () => {
        const found = await find(name)
        if (!found) return missing(name)
        if (typeof found.layout === 'string') return failure('unreadable', found.layout)
        if (newName === name) return ok(summaryOf(found))
        const refused = await refusal(newName, false)
        if (refused) return refused
        const written = await write({ ...found.layout, name: newName })
        if (!written.ok) return written
        await unlink(found.file).catch(() => undefined)
        await tell()
        return written
      }),
    delete: (name) =>
      inTurn(async () => {
        const found = await find(name)
        if (!found) return missing(name)
        try {
          await unlink(found.file)
        } catch (error) {
          return failure('failed', `Layout "${name}" could not be deleted: ${String(error)}.`)
        }
        await tell()
        return ok({})
      }),
    import: (text) =>
      inTurn(async () => {
        let value: unknown
        try {
          value = JSON.parse(text)
        } catch {
          return failure('unreadable', 'This file is not JSON, so it is no layout of this program.')
        }
        const layout = parseLayout(value, 'This file')
        if (typeof layout === 'string') return failure('unreadable', layout)
        const taken = new Set((await stored()).map((one) => one.name))
        let name = layout.name
        for (let count = 2; taken.has(name); count++) name = `${layout.name.slice(0, 90)} (${count})`
        const refused = await refusal(name, false)
        return refused ?? write({ ...layout, name })
      }),
    async export(name) {
      const found = await read(name)
      return found.ok ? ok({ text: `${JSON.stringify(found.value, null, 2)}\n` }) : found
    }
  }
}
