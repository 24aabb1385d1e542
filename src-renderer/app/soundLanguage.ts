/**
 * Chromium takes its language from the environment, and there may stand one that is none (`en-US@posix`). The chart library
 * makes a number format of it while it is loaded, and the window would stay empty. Must be loaded before it.
 */
try {
  new Intl.NumberFormat(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true })
}
