import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import packedChromium from '@sparticuz/chromium'
import { chromium, type Browser } from 'playwright'

const installedNames = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'microsoft-edge']

const installedPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'
]

/** WebGL2 in software where there is no GPU; Chromium refuses it without being asked. */
export const browserArguments = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-dev-shm-usage',
  '--hide-scrollbars',
  '--force-color-profile=srgb'
]

function installedBrowser(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  const candidates = [
    ...folders.flatMap((folder) => installedNames.map((name) => join(folder, name))),
    ...installedPlaces
  ]
  return candidates.find((path) => existsSync(path)) ?? null
}

function playwrightBrowser(): string | null {
  const path = chromium.executablePath()
  return path && existsSync(path) ? path : null
}

async function packedBrowser(): Promise<string | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null
  try {
    return await packedChromium.executablePath()
  } catch {
    return null
  }
}

/** Path of a Chromium: an installed one first, then Playwright's own, then the one inside the npm package; else null. */
export async function findBrowser(): Promise<string | null> {
  return installedBrowser() ?? playwrightBrowser() ?? (await packedBrowser())
}

/** Starts a headless browser, or says loudly that there is none and returns null so that the caller can skip. */
export async function launchBrowser(): Promise<Browser | null> {
  const executablePath = await findBrowser()
  if (!executablePath) {
    process.stderr.write('\nSKIPPED: no Chrome or Chromium was found, so nothing that needs a browser was tested.\n\n')
    return null
  }
  return chromium.launch({ executablePath, args: browserArguments, headless: true })
}
