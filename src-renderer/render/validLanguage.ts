// uPlot makes a number format of the browser's language as it loads. Where the system's locale is POSIX, Chromium names a
// language that is none (`en-US@posix`), and the whole page would end with a RangeError.
try {
  new Intl.NumberFormat(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true })
}
