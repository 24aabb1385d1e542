import type { ElectronRuntime } from './electronRuntime.ts'

export interface ShellSituation {
  asked: 'web' | 'desktop' | null
  runtime: ElectronRuntime | null
  display: boolean
  /** What the environment names as the folder of an Electron runtime. */
  namedRuntime: string | undefined
}

export type ShellChoice =
  | { shell: 'desktop'; runtime: ElectronRuntime; why: string }
  | { shell: 'web'; why: string }
  | { shell: null; why: string }

/** Desktop where an Electron runtime and a display are there, the web shell otherwise; says why. */
export function chooseShell({ asked, runtime, display, namedRuntime }: ShellSituation): ShellChoice {
  if (asked === 'web') return { shell: 'web', why: 'as asked for' }
  const missing = !runtime
    ? namedRuntime
      ? `there is no Electron runtime in ${namedRuntime} (ELECTRON_OVERRIDE_DIST_PATH)`
      : 'there is no Electron runtime ("npx install-electron" fetches it)'
    : !display
      ? 'there is no display (DISPLAY and WAYLAND_DISPLAY are not set)'
      : null
  if (runtime && missing === null)
    return {
      shell: 'desktop',
      runtime,
      why: asked ? 'as asked for' : `Electron ${runtime.version} and a display are there`
    }
  return asked === 'desktop' ? { shell: null, why: missing! } : { shell: 'web', why: missing! }
}
