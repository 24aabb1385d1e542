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

const commonArguments = ['--no-sandbox', '--disable-dev-shm-usage', '--hide-scrollbars', '--force-color-profile=srgb']

/**
 * How pages are put together on a machine without a GPU. `software` is what Chromium does there by itself: no WebGL, and ten
 * times less work than when a GPU is computed for every frame, which is what `webgl` asks for and Chromium would refuse.
 */
const graphicsArguments = {
  software: ['--disable-gpu'],
  webgl: ['--use-angle=swiftshader', '--enable-unsafe-swiftshader']
} as const
export type Graphics = keyof typeof graphicsArguments

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
export async function launchBrowser(graphics: Graphics = 'software'): Promise<Browser | null> {
  const executablePath = await findBrowser()
  if (!executablePath) {
    process.stderr.write('\nSKIPPED: no Chrome or Chromium was found, so nothing that needs a browser was tested.\n\n')
    return null
  }
  return chromium.launch({ executablePath, args: [...commonArguments, ...graphicsArguments[graphics]], headless: true })
}
