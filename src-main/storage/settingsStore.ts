import { copyFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultSettings, settings as settingsSchema, type Settings } from '../../src-preload/contract/settings.ts'
import { valueAt, withValueAt } from '../../src-preload/contract/settingsForm.ts'
import type { Clock } from '../clock.ts'
import { createSerialWriter, readJsonFile } from './atomicFile.ts'

export interface SettingsProblem {
  /** `site.channelLowest`; empty for the whole file. */
  key: string
  message: string
  /** An unknown key has no effect; a wrong one was replaced by its default. */
  kind: 'wrong' | 'unknown'
}

export interface SettingsStore {
  current(): Settings
  /** What was wrong with the file when it was read, one entry a key; for a notice. */
  readonly problems: SettingsProblem[]
  /** Where the damaged file was put; null when it was sound. */
  readonly keptAside: string | null
  /** Changes one section and writes the file. */
  update<Section extends 'site' | 'jobs' | 'streams' | 'display'>(
    section: Section,
    change: Partial<Settings[Section]>
  ): Promise<Settings>
  /** Changes one setting by its path; what is wrong with the value, one entry a key, where it is not taken. */
  set(path: string, value: unknown): Promise<Settings | SettingsProblem[]>
  settled(): Promise<void>
}

type Tree = Record<string, unknown>
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

function removeKey(tree: Tree, path: PropertyKey[]): void {
  const [key, ...rest] = path
  if (key === undefined) return
  const name = String(key)
  const child = tree[name]
  if (rest.length === 0 || !isTree(child)) Reflect.deleteProperty(tree, name)
  else removeKey(child, rest)
}

/** Keys of a newer version stay in the file. */
function mergeTrees(base: Tree, over: Tree): Tree {
  const merged = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key]
    merged[key] = isTree(value) && isTree(before) ? mergeTrees(before, value) : value
  }
  return merged
}

/** Keys that the schema does not know: a typing error, most often. They are named, and kept in the file. */
function unknownKeys(read: Tree, known: Tree, prefix = ''): string[] {
  return Object.entries(read).flatMap(([key, value]) => {
    if (!Object.hasOwn(known, key)) return [prefix + key]
    const below = known[key]
    return isTree(value) && isTree(below) ? unknownKeys(value, below, `${prefix}${key}.`) : []
  })
}

/** Takes what is right in a settings tree; every wrong key falls back to its default and is named once. */
export function repairSettings(value: unknown): { settings: Settings; problems: SettingsProblem[] } {
  if (!isTree(value))
    return {
      settings: defaultSettings(),
      problems: [{ key: '', message: 'is not an object of settings', kind: 'wrong' }]
    }
  const tree = structuredClone(value)
  const problems: SettingsProblem[] = []
  // Each round removes at least one wrong key; a tree has finitely many.
  for (let round = 0; round < 1000; round++) {
    const parsed = settingsSchema.safeParse(tree)
    if (parsed.success) {
      for (const key of unknownKeys(tree, parsed.data as unknown as Tree))
        problems.push({ key, message: 'is not a setting of this version; it has no effect', kind: 'unknown' })
      return { settings: parsed.data, problems }
    }
    const seen = new Set<string>()
    for (const issue of parsed.error.issues) {
      const key = issue.path.join('.')
      if (seen.has(key)) continue
      seen.add(key)
      problems.push({ key, message: `${issue.message}; the default is used`, kind: 'wrong' })
      if (issue.path.length === 0) return { settings: defaultSettings(), problems }
      removeKey(tree, issue.path)
    }
  }
  return { settings: defaultSettings(), problems }
}

/** Reads `settings.json` of the data folder. A damaged or partly wrong file is kept aside under a name with the time. */
export async function openSettingsStore(
  folder: string,
  clock: Clock,
  onWriteError: (error: unknown) => void
): Promise<SettingsStore> {
  const file = join(folder, 'settings.json')
  const read = await readJsonFile(file)
  const asideName = `settings.damaged-${new Date(clock.nowMs()).toISOString().replace(/[:.]/g, '-')}.json`
  let tree: Tree = {}
  let problems: SettingsProblem[] = []
  let keptAside: string | null = null
  if (read.state === 'damaged') {
    problems = [{ key: '', message: `${read.reason}; defaults are used`, kind: 'wrong' }]
    await rename(file, join(folder, asideName)).then(
      () => (keptAside = asideName),
      () => undefined
    )
  } else if (read.state === 'read') {
    problems = repairSettings(read.value).problems
    tree = isTree(read.value) ? structuredClone(read.value) : {}
    if (problems.some((problem) => problem.kind === 'wrong'))
      await copyFile(file, join(folder, asideName)).then(
        () => (keptAside = asideName),
        () => undefined
      )
  }
  let current = repairSettings(tree).settings
  const writer = createSerialWriter(file, 1, onWriteError)

  return {
    current: () => current,
    problems,
    keptAside,
    async update(section, change) {
      const merged = repairSettings({ ...current, [section]: { ...current[section], ...change } })
      current = merged.settings
      tree = mergeTrees(tree, current as unknown as Tree)
      await writer.write(tree)
      return current
    },
    async set(path, value) {
      if (valueAt(defaultSettings(), path) === undefined)
        return [{ key: path, message: 'is not a setting of this version', kind: 'unknown' }]
      const parsed = settingsSchema.safeParse(withValueAt(current as unknown as Tree, path, value))
      if (!parsed.success) {
        const first = new Map(
          parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message]).reverse() as [string, string][]
        )
        return [...first].map(([key, message]) => ({ key, message, kind: 'wrong' }))
      }
      current = parsed.data
      tree = mergeTrees(tree, current as unknown as Tree)
      await writer.write(tree)
      return current
    },
    settled: () => writer.settled()
  }
}
