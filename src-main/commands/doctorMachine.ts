import os from 'node:os'
import { version } from '../version.ts'
import { good, warn, bad, type Check } from './check.ts'
import { findElectronRuntime, hasDisplay } from './electronRuntime.ts'

const gibibyte = 2 ** 30
const sampleMs = 300

export function checkRuntime(): Check {
  const found = `Wavefall ${version}, Node ${process.versions.node}, V8 ${process.versions.v8}, ${os.type()} ${os.release()} ${process.arch}`
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number]
  return major > 20 || (major === 20 && minor >= 19)
    ? good('runtime', found)
    : bad('runtime', found, 'Node 20.19 or later is needed.')
}

export function checkDesktop(): Check {
  const runtime = findElectronRuntime()
  if (!runtime)
    return warn(
      'desktop',
      'no Electron runtime: the program runs in the browser',
      'For the desktop program: "npx install-electron", or name a folder in ELECTRON_OVERRIDE_DIST_PATH.'
    )
  const found = `Electron ${runtime.version} (${runtime.executable})`
  if (!hasDisplay()) return warn('desktop', `${found}, no display`, 'Set DISPLAY, or use the browser.')
  if (process.platform === 'linux' && process.getuid?.() === 0)
    return warn('desktop', `${found}, running as root`, 'As root the sandbox of the windows is off: use a normal user.')
  return good('desktop', found)
}

/** A graphics context exists only in a window: the stream strip of a running window names the renderer in use. */
export function checkGraphics(): Check {
  return warn(
    'graphics',
    'unknown: WebGL2 cannot be judged without a window',
    'A window without WebGL2 draws on a 2D canvas by itself; chrome://gpu says why there is none.'
  )
}

function busy(): { idle: number; total: number } {
  let idle = 0
  let total = 0
  for (const { times } of os.cpus()) {
    idle += times.idle
    total += times.user + times.nice + times.sys + times.idle + times.irq
  }
  return { idle, total }
}

export async function checkCores(): Promise<Check> {
  const cores = os.cpus()
  const before = busy()
  await new Promise((resolve) => setTimeout(resolve, sampleMs))
  const after = busy()
  const elapsed = after.total - before.total
  const percent = elapsed > 0 ? 100 * (1 - (after.idle - before.idle) / elapsed) : 0
  const found = `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown'}, ${percent.toFixed(0)} % busy`
  if (percent > 85) return bad('cores', found, 'Above 85 % no job is admitted: end what else is running.')
  if (cores.length < 2) return warn('cores', found, 'One core does receiving and analysis in turn: use few channels.')
  return percent > 70 ? warn('cores', found, 'Close to the 85 % above which no job is admitted.') : good('cores', found)
}

export function checkMemory(): Check {
  const free = os.freemem()
  const total = os.totalmem()
  const usedPercent = 100 * (1 - free / total)
  const found = `${(free / gibibyte).toFixed(1)} of ${(total / gibibyte).toFixed(1)} GiB free`
  if (usedPercent > 90) return bad('memory', found, 'Above 90 % no job is admitted: end what else is running.')
  return free < gibibyte ? warn('memory', found, 'A full-width job takes some hundred MB.') : good('memory', found)
}
