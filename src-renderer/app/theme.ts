import type { DisplaySettings } from '../../src-preload/contract/settings.ts'
import { displayBeforeSettings, type CoreStore } from '../stores/coreStore.ts'

/** Puts the theme of the settings on the document, and follows the system's where that is asked for. */
export function followTheme(core: CoreStore): () => void {
  const prefersLight = window.matchMedia('(prefers-color-scheme: light)')
  const apply = (): void => {
    const theme: DisplaySettings['theme'] = (core.getState().settings?.display ?? displayBeforeSettings).theme
    const shown = theme === 'system' ? (prefersLight.matches ? 'light' : 'dark') : theme
    const root = document.documentElement
    if (root.dataset.theme !== shown) root.dataset.theme = shown
  }
  apply()
  prefersLight.addEventListener('change', apply)
  const stop = core.subscribe(apply)
  return () => {
    prefersLight.removeEventListener('change', apply)
    stop()
  }
}
