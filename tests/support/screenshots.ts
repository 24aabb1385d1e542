/**
 * `npm run screenshots [NAME…]`: remakes the pictures of the README from the running program, in `resources/screenshots/`, all
 * of them or those named. Real recordings come from the folder that dasData.ts names; without it those pictures stay as they
 * are. Every fault of `faults` is made for real, and what the health page says of it is printed.
 */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { launchBrowser } from './browser.ts'
import { faultScenes } from './screenshotsFaults.ts'
import { tourScenes } from './screenshotsTour.ts'

const scenes = [...tourScenes, ...faultScenes]
const wanted = process.argv.slice(2)
const known = scenes.flatMap(({ names }) => names)
const unknown = wanted.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  process.stderr.write(`There is no picture ${unknown.join(', ')}; there are ${known.join(', ')}.\n`)
  process.exit(2)
}
const launcher = resolve(import.meta.dirname, '../../src-main/launch.ts')
if (spawnSync(process.execPath, [launcher, 'build'], { stdio: 'inherit' }).status !== 0) process.exit(1)
const browser = await launchBrowser()
if (!browser) process.exit(1)
let failed = 0
try {
  for (const scene of scenes) {
    if (wanted.length > 0 && !scene.names.some((name) => wanted.includes(name))) continue
    const whyNot = scene.whyNot?.() ?? null
    if (whyNot !== null) {
      process.stderr.write(`SKIPPED ${scene.names.join(', ')}: ${whyNot}\n`)
      continue
    }
    try {
      await scene.take(browser)
    } catch (error) {
      failed++
      process.stderr.write(`FAILED ${scene.names.join(', ')}: ${(error as Error).message}\n`)
    }
  }
} finally {
  await browser.close()
}
process.exitCode = failed > 0 ? 1 : 0
