import { defaultSettings, settings as settingsSchema, type Settings } from '../../src-preload/contract/settings.ts'

export interface SettingsProblem {
  /** `site.channelLowest`; empty for the whole file. */
  key: string
  message: string
  /** An unknown key has no effect; a wrong one was replaced by its default. */
  kind: 'wrong' | 'unknown'
}

export type Tree = Record<string, unknown>
export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function removeKey(tree: Tree, path: PropertyKey[]): void {
  const [key, ...rest] = path
  if (key === undefined) return
  const name = String(key)
  const child = tree[name]
  if (rest.length === 0 || !isTree(child)) Reflect.deleteProperty(tree, name)
  else removeKey(child, rest)
}

/** What lies over goes before what lies under it. */
export function mergeTrees(base: Tree, over: Tree): Tree {
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

/**
 * Takes what is right in a settings tree; every wrong key falls back to its default and is named once. `tree`: what was said
 * without what was wrong.
 */
export function repairSettings(value: unknown): { settings: Settings; tree: Tree; problems: SettingsProblem[] } {
  if (!isTree(value))
    return {
      settings: defaultSettings(),
      tree: {},
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
      return { settings: parsed.data, tree, problems }
    }
    const seen = new Set<string>()
    for (const issue of parsed.error.issues) {
      const key = issue.path.join('.')
      if (seen.has(key)) continue
      seen.add(key)
      problems.push({ key, message: `${issue.message}; the default is used`, kind: 'wrong' })
      if (issue.path.length === 0) return { settings: defaultSettings(), tree: {}, problems }
      removeKey(tree, issue.path)
    }
  }
  return { settings: defaultSettings(), tree: {}, problems }
}
