import { isAbsolute, resolve } from 'node:path'
import { logLevels, type LogLevel } from '../../src-preload/contract/logs.ts'
import { commandLineLayer } from '../storage/settingsLayers.ts'

export interface RemoteCore {
  /** http or https, without the token. */
  url: string
  token: string
}

/** What the desktop program was asked to do on its command line. */
export interface DesktopArguments {
  /** Absolute paths. */
  files: string[]
  /** `--connect URL`: windows on another machine's core. */
  remote: RemoteCore | null
  dataFolder: string | null
  backendUrl: string | null
  /** Another settings file, where to write all settings, and settings of this run (`jobs.queueMax=20`). */
  config: string | null
  saveConfig: string | null
  assignments: string[]
  logLevel: LogLevel | null
  /** One sentence for each thing that makes no sense; the program does not start with any. */
  problems: string[]
}

const valueOptions = ['--connect', '--data', '--backend', '--config', '--save-config', '--set', '--log-level'] as const
type ValueOption = (typeof valueOptions)[number]

const isHttpUrl = (text: string): boolean => {
  try {
    return /^https?:$/.test(new URL(text).protocol)
  } catch {
    return false
  }
}

/** `http://host:port/#token=…`, as the core prints it; the token may come from the environment instead. */
export function parseRemoteCore(text: string, environmentToken: string | undefined): RemoteCore | string {
  if (!isHttpUrl(text)) return `--connect wants an address such as http://host:8070/#token=…, not "${text}".`
  const url = new URL(text)
  const token = new URLSearchParams(url.hash.slice(1)).get('token') || environmentToken
  if (!token) return `--connect ${url.origin} lacks its token: give the whole address that the core printed.`
  return { url: url.origin, token }
}

/**
 * `plain`: the command line without the executable (and without the program's folder, where the runtime was started with
 * one). Options that are not ours belong to Chromium or to a debugger and are passed over; ours take `--name value` and
 * `--name=value`.
 */
export function parseDesktopArguments(
  plain: readonly string[],
  workingFolder: string,
  environment: Readonly<Record<string, string | undefined>>
): DesktopArguments {
  const result: DesktopArguments = {
    files: [],
    remote: null,
    dataFolder: null,
    backendUrl: null,
    config: null,
    saveConfig: null,
    assignments: [],
    logLevel: null,
    problems: []
  }

  function take(option: ValueOption, value: string): void {
    if (option === '--data') result.dataFolder = resolve(workingFolder, value)
    else if (option === '--backend') {
      if (isHttpUrl(value)) result.backendUrl = value
      else result.problems.push(`--backend wants an http or https address, not "${value}".`)
    } else if (option === '--config') result.config = resolve(workingFolder, value)
    else if (option === '--save-config') result.saveConfig = resolve(workingFolder, value)
    else if (option === '--set') {
      const problem = commandLineLayer([value]).problems[0]
      if (problem) result.problems.push(`${problem.key} ${problem.message}.`)
      else result.assignments.push(value)
    } else if (option === '--log-level') {
      result.logLevel = logLevels.find((level) => level === value) ?? null
      if (!result.logLevel) result.problems.push(`--log-level wants ${logLevels.join(', ')}, not "${value}".`)
    } else {
      const remote = parseRemoteCore(value, environment.WAVEFALL_TOKEN)
      if (typeof remote === 'string') result.problems.push(remote)
      else result.remote = remote
    }
  }

  let onlyFiles = false
  for (let index = 0; index < plain.length; index++) {
    const argument = plain[index]!
    if (!onlyFiles && argument === '--') onlyFiles = true
    else if (onlyFiles || !argument.startsWith('-')) result.files.push(filePath(argument, workingFolder))
    else {
      const [name, ...rest] = argument.split('=')
      const option = valueOptions.find((known) => known === name)
      if (option === undefined) continue
      const following = plain[index + 1]
      if (rest.length > 0) take(option, rest.join('='))
      else if (following === undefined || following.startsWith('-')) result.problems.push(`${option} lacks its value.`)
      else {
        take(option, following)
        index++
      }
    }
  }
  if (result.remote && result.backendUrl) result.problems.push('--connect and --backend exclude each other.')
  if (result.remote && result.files.length > 0)
    result.problems.push('Files open on the core itself: start it there with them, or leave out --connect.')
  return result
}

const filePath = (argument: string, workingFolder: string): string =>
  isAbsolute(argument) ? argument : resolve(workingFolder, argument)

/**
 * The command line without what the runtime put before ours: the executable, and the program's folder when an unpackaged
 * runtime was told what to run (`defaultApp`), which is its first plain argument.
 */
export function ownArguments(argv: readonly string[], defaultApp: boolean): string[] {
  const rest = argv.slice(1)
  if (!defaultApp) return rest
  const program = rest.findIndex((argument) => !argument.startsWith('-'))
  return rest.filter((_argument, index) => index !== program)
}
