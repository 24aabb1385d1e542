import type { Handlers } from '../src-preload/contract/calls.ts'
import { failure, ok, type Result } from '../src-preload/contract/errors.ts'
import type { Settings, settingsCalls } from '../src-preload/contract/settings.ts'
import { appliesAtOnce, describeSettings } from '../src-preload/contract/settingsForm.ts'
import type { CorePort } from './coreInterface.ts'
import type { Notices } from './jobs/notices.ts'
import type { Log } from './storage/log.ts'
import type { SettingsStore } from './storage/settingsStore.ts'
import type { SettingsProblem } from './storage/settingsTree.ts'

export interface CoreSettingsOptions {
  store: SettingsStore
  /** Changes what the store says, for this run alone. */
  adjust(settings: Settings): Settings
  /** The values changed; whoever holds a section of `live` has them already. */
  changed(settings: Settings): void
}

export interface CoreSettings {
  /** One object for the whole run: who holds a section of it sees what is changed later. */
  readonly live: Settings
  current(): Settings
  readonly handlers: Pick<Handlers<CorePort>, keyof typeof settingsCalls>
}

const asFields = (problems: readonly SettingsProblem[]): { path: string; message: string }[] =>
  problems.map(({ key, message }) => ({ path: key, message }))

/** Settings as windows and scripts see and change them. */
export function createCoreSettings({ store, adjust, changed }: CoreSettingsOptions): CoreSettings {
  const current = (): Settings => adjust(store.current())
  const live = structuredClone(current())

  const tell = (): Settings => {
    const now = current()
    const { version: _, ...sections } = now
    for (const [name, values] of Object.entries(sections))
      Object.assign(live[name as keyof typeof sections], structuredClone(values))
    changed(now)
    return now
  }

  const answer = (
    path: string,
    outcome: Settings | SettingsProblem[]
  ): Result<{ settings: Settings; isAfterRestart: boolean }> => {
    if (!Array.isArray(outcome)) return ok({ settings: tell(), isAfterRestart: !appliesAtOnce(path) })
    const fields = asFields(outcome)
    const why = fields.map((field) => `${field.path}: ${field.message}`).join('; ')
    return failure('invalid', `Nothing was changed: ${why}.`, { fields })
  }

  return {
    live,
    current,
    handlers: {
      'settings.get': async () => ok(current()),
      async 'settings.setDisplay'(display) {
        await store.update(
          'display',
          Object.fromEntries(Object.entries(display).filter(([, value]) => value !== undefined))
        )
        return ok(tell())
      },
      'settings.set': async ({ path, value }) => answer(path, await store.set(path, value)),
      'settings.reset': async ({ path }) => answer(path, await store.reset(path)),
      'settings.origins': async () =>
        ok(
          Object.fromEntries(
            describeSettings()
              .map(({ path }) => [path, store.originOf(path)] as const)
              .filter(([, origin]) => origin !== 'default')
          )
        ),
      'settings.export': async () => ok({ text: store.exported() }),
      async 'settings.import'({ text }) {
        const { applied, problems } = await store.imported(text)
        return ok({ settings: applied.length > 0 ? tell() : current(), applied, problems: asFields(problems) })
      },
      'settings.history': async () => ok(store.history()),
      async 'settings.restore'({ id }) {
        if (await store.restore(id)) return ok(tell())
        return failure('not-found', `The settings before change ${id} are not kept.`)
      }
    }
  }
}

/** What was wrong with the settings file when it was read. */
export function tellSettingsProblems(
  { problems, keptAside }: Pick<SettingsStore, 'problems' | 'keptAside'>,
  notices: Notices,
  log: Log
): void {
  for (const { key, message, kind } of problems) {
    log.warning('settings_problem', { key, message, keptAside })
    notices.add({
      severity: 'warning',
      title: key === '' ? 'The settings file is damaged' : `Setting "${key}"`,
      detail: `settings.json${key === '' ? '' : `: ${key}`} ${message}.${kind === 'wrong' && keptAside ? ` The file as it was is kept as ${keptAside}.` : ''}`,
      jobId: null
    })
  }
}
