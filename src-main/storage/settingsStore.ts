import { copyFile, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import {
  settings as settingsSchema,
  type SettingOrigin,
  type Settings,
  type SettingsVersion
} from '../../src-preload/contract/settings.ts'
import { describeSettings, valueAt, withValueAt } from '../../src-preload/contract/settingsForm.ts'
import type { Clock } from '../clock.ts'
import { createSerialWriter, readJsonFile, writeFileAtomic } from './atomicFile.ts'
import { openSettingsHistory } from './settingsHistory.ts'
import type { SettingsLayer } from './settingsLayers.ts'
import { isTree, mergeTrees, repairSettings, type SettingsProblem, type Tree } from './settingsTree.ts'

export interface SettingsStore {
  current(): Settings
  /** What was wrong with file, environment and command line at the start, one entry a key; for a notice. */
  readonly problems: SettingsProblem[]
  /** Where the damaged file was put; null when it was sound. */
  readonly keptAside: string | null
  /** Where the value of a setting comes from. */
  originOf(path: string): SettingOrigin
  /** Changes one section and writes the file. */
  update<Section extends 'site' | 'jobs' | 'streams' | 'display'>(
    section: Section,
    change: Partial<Settings[Section]>
  ): Promise<Settings>
  /** Changes one setting by its path; what is wrong with the value, one entry a key, where it is not taken. */
  set(path: string, value: unknown): Promise<Settings | SettingsProblem[]>
  /** Takes a setting out of the file, so that its default holds. */
  reset(path: string): Promise<Settings | SettingsProblem[]>
  /** What is kept in the file: the settings that were changed. */
  exported(): string
  /** Takes what is right of a file that was exported; one message for each key that is not, whose old value stays. */
  imported(text: string): Promise<{ applied: string[]; problems: SettingsProblem[] }>
  history(): SettingsVersion[]
  /** The file as it was before a change. False where that is not kept any more. */
  restore(id: string): Promise<boolean>
  settled(): Promise<void>
}

export interface SettingsPlace {
  /** Another file than `settings.json` of the data folder. */
  file?: string
  /** What goes before the file, the later the more: environment, command line. */
  layers?: readonly SettingsLayer[]
}

/** Writes all settings as they hold, defaults included, to a file of its own. */
export const saveSettings = (file: string, settings: Settings): Promise<void> =>
  writeFileAtomic(file, `${JSON.stringify(settings, null, 2)}\n`)

const problemsOf = (issues: readonly { path: PropertyKey[]; message: string }[]): SettingsProblem[] => {
  const first = new Map<string, string>()
  for (const { path, message } of issues) {
    const key = path.join('.')
    if (!first.has(key)) first.set(key, message)
  }
  return [...first].map(([key, message]) => ({ key, message, kind: 'wrong' }))
}

/**
 * Settings in layers: command line over environment over file over defaults. Only the file is ever written. Reads
 * `settings.json` of the data folder; a damaged or partly wrong file is kept aside under a name with the time.
 */
export async function openSettingsStore(
  folder: string,
  clock: Clock,
  onWriteError: (error: unknown) => void,
  { file = join(folder, 'settings.json'), layers = [] }: SettingsPlace = {}
): Promise<SettingsStore> {
  const read = await readJsonFile(file)
  const stamp = new Date(clock.nowMs()).toISOString().replace(/[:.]/g, '-')
  const asideName = `${basename(file).replace(/\.json$/, '')}.damaged-${stamp}.json`
  const problems: SettingsProblem[] = layers.flatMap((layer) => layer.problems)
  let tree: Tree = {}
  let keptAside: string | null = null
  const keepAside = async (put: typeof rename): Promise<void> => {
    await put(file, join(dirname(file), asideName)).then(
      () => (keptAside = asideName),
      () => undefined
    )
  }
  if (read.state === 'damaged') {
    problems.push({ key: '', message: `${read.reason}; defaults are used`, kind: 'wrong' })
    await keepAside(rename)
  } else if (read.state === 'read') {
    const repaired = repairSettings(read.value)
    problems.push(...repaired.problems)
    if (repaired.problems.some((problem) => problem.kind === 'wrong')) await keepAside(copyFile)
    tree = repaired.tree
  }
  const effective = (): Settings =>
    repairSettings(layers.reduce<Tree>((below, layer) => mergeTrees(below, layer.tree), tree)).settings
  let current = effective()
  const writer = createSerialWriter(file, 1, onWriteError)
  const history = await openSettingsHistory(`${file.replace(/\.json$/, '')}-history.json`, onWriteError)
  const known = new Set(describeSettings().map(({ path }) => path))

  const replace = async (next: Tree, change: string): Promise<Settings> => {
    history.add(change, tree, clock.nowNs())
    tree = next
    current = effective()
    await writer.write(tree)
    return current
  }

  const setBy = (path: string): string | null =>
    layers.reduce<string | null>((found, layer) => layer.setBy.get(path) ?? found, null)

  /** Why a setting cannot be changed here; null where it can. */
  const refusal = (path: string): SettingsProblem | null => {
    if (!known.has(path)) return { key: path, message: 'is not a setting of this version', kind: 'unknown' }
    const by = setBy(path)
    return by === null
      ? null
      : { key: path, message: `is set by ${by} for this run; change it there, or start without it`, kind: 'wrong' }
  }

  return {
    current: () => current,
    problems,
    get keptAside() {
      return keptAside
    },
    originOf(path) {
      const by = setBy(path)
      if (by !== null) return by.startsWith('--') ? 'command line' : 'environment'
      return valueAt(tree, path) === undefined ? 'default' : 'file'
    },
    update(section, change) {
      let next = tree
      for (const [key, value] of Object.entries(change)) next = withValueAt(next, `${section}.${key}`, value)
      return replace(repairSettings(next).tree, `${section}: ${Object.keys(change).join(', ')}`)
    },
    async set(path, value) {
      const refused = refusal(path)
      if (refused) return [refused]
      const next = withValueAt(tree, path, value)
      const parsed = settingsSchema.safeParse(next)
      if (!parsed.success) return problemsOf(parsed.error.issues)
      return replace(next, `${path} = ${JSON.stringify(value)}`)
    },
    async reset(path) {
      const refused = refusal(path)
      return refused ? [refused] : replace(withValueAt(tree, path, undefined), `${path} back to its default`)
    },
    exported: () => `${JSON.stringify({ version: 1, ...tree }, null, 2)}\n`,
    async imported(text) {
      let value: unknown
      try {
        value = JSON.parse(text)
      } catch {
        return { applied: [], problems: [{ key: '', message: 'is not JSON', kind: 'wrong' }] }
      }
      if (!isTree(value)) return { applied: [], problems: repairSettings(value).problems }
      const repaired = repairSettings(value)
      const rejected = new Set(repaired.problems.map(({ key }) => key))
      const applied = [...known].filter((path) => valueAt(repaired.tree, path) !== undefined && !rejected.has(path))
      const told = repaired.problems.map((problem) =>
        problem.kind === 'wrong'
          ? { ...problem, message: problem.message.replace('the default is used', 'the old value stays') }
          : problem
      )
      let next = tree
      for (const path of applied) next = withValueAt(next, path, valueAt(repaired.tree, path))
      const parsed = settingsSchema.safeParse(next)
      if (!parsed.success) return { applied: [], problems: problemsOf(parsed.error.issues) }
      if (applied.length > 0) await replace(next, `${applied.length} settings imported`)
      return { applied, problems: told }
    },
    history: () => history.list(),
    async restore(id) {
      const before = history.before(id)
      if (!before) return false
      await replace(repairSettings(before).tree, `as it was before change ${id}`)
      return true
    },
    async settled() {
      await writer.settled()
      await history.settled()
    }
  }
}
