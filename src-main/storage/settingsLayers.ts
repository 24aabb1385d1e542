import { settings as settingsSchema } from '../../src-preload/contract/settings.ts'
import { describeSettings, type SettingDescription, withValueAt } from '../../src-preload/contract/settingsForm.ts'
import type { SettingsProblem, Tree } from './settingsTree.ts'

/** A value that goes before the file for one run, and who gave it. */
export interface SettingsLayer {
  tree: Tree
  /** Path → what set it: `WAVEFALL_JOBS_QUEUE_MAX`, `--set`. */
  setBy: ReadonlyMap<string, string>
  problems: SettingsProblem[]
}

/** `jobs.queueMax` → `WAVEFALL_JOBS_QUEUE_MAX`. */
export const environmentName = (path: string): string =>
  `WAVEFALL_${path
    .replaceAll('.', '_')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()}`

const yes = /^(true|yes|on|1)$/i
const no = /^(false|no|off|0)$/i

/** A text as the value that a setting wants; undefined where it cannot be one. The schema checks it afterwards. */
export function valueFromText(setting: SettingDescription, text: string): unknown {
  if (setting.isNullable && (text === '' || text === 'null')) return null
  switch (setting.kind) {
    case 'number':
    case 'integer':
      return text.trim() === '' || !Number.isFinite(Number(text)) ? undefined : Number(text)
    case 'switch':
      return yes.test(text) ? true : no.test(text) ? false : undefined
    case 'list':
      return text === '' ? [] : text.split(',').map((one) => one.trim())
    case 'json':
      try {
        return JSON.parse(text) as unknown
      } catch {
        return undefined
      }
    default:
      return text
  }
}

const wanted = ({ kind, choices }: SettingDescription): string =>
  kind === 'choice' ? `one of ${choices.join(', ')}` : kind === 'switch' ? 'true or false' : `of the kind "${kind}"`

interface Given {
  path: string
  text: string
  by: string
}

/** Puts texts together; each that is wrong is told and has no effect. */
function layerOf(given: readonly Given[], described: readonly SettingDescription[]): SettingsLayer {
  const byPath = new Map(described.map((setting) => [setting.path, setting]))
  const setBy = new Map<string, string>()
  const problems: SettingsProblem[] = []
  let tree: Tree = {}
  for (const { path, text, by } of given) {
    const setting = byPath.get(path)
    if (!setting) {
      problems.push({ key: path, message: `is not a setting of this version (${by})`, kind: 'unknown' })
      continue
    }
    const value = valueFromText(setting, text)
    const next = withValueAt(tree, path, value)
    const parsed = value === undefined ? null : settingsSchema.safeParse(next)
    if (parsed?.success) {
      tree = next
      setBy.set(path, by)
    } else {
      const message = parsed?.error.issues[0]?.message ?? `must be ${wanted(setting)}, not "${text}"`
      problems.push({ key: path, message: `${message} (${by}); it has no effect`, kind: 'wrong' })
    }
  }
  return { tree, setBy, problems }
}

/** Settings of the environment: every variable that is named like one. Others of this program are none of ours. */
export function environmentLayer(environment: NodeJS.ProcessEnv): SettingsLayer {
  const described = describeSettings()
  const given = described.flatMap(({ path }) => {
    const by = environmentName(path)
    const text = environment[by]
    return text === undefined ? [] : [{ path, text, by }]
  })
  return layerOf(given, described)
}

/** Settings of the command line: `jobs.queueMax=20`. The last one of a path counts. */
export function commandLineLayer(assignments: readonly string[]): SettingsLayer {
  const given = assignments.map((assignment) => {
    const at = assignment.indexOf('=')
    return at < 0
      ? { path: assignment, text: '', by: '--set' }
      : { path: assignment.slice(0, at).trim(), text: assignment.slice(at + 1), by: '--set' }
  })
  return layerOf(given, describeSettings())
}
