import { type Command, InvalidArgumentError, Option } from 'commander'
import { accessSync, constants } from 'node:fs'
import { resolve } from 'node:path'
import { logLevels, type LogLevel } from '../../src-preload/contract/logs.ts'
import { commandLineLayer, environmentLayer } from '../storage/settingsLayers.ts'
import type { SettingsPlace } from '../storage/settingsStore.ts'
import { CommandFailure } from './runProgram.ts'

export interface SettingsOptions {
  config?: string
  saveConfig?: string
  set?: string[]
  logLevel?: LogLevel
}

/** One `path=value`, checked where it is typed: a wrong one is wrong usage. */
function assignment(text: string, before: string[] = []): string[] {
  const problem = commandLineLayer([text]).problems[0]
  if (problem) throw new InvalidArgumentError(`${problem.key} ${problem.message.replace(/ \(--set\).*$/, '')}.`)
  return [...before, text]
}

/** Options of every command that starts a core. */
export const addSettingsOptions = (command: Command): Command =>
  command
    .option('--config <file>', 'settings file instead of the one in the data folder')
    .option('--save-config <file>', 'write all settings as they hold now, defaults too, to a file of their own')
    .option('--set <path=value>', 'a setting for this run, jobs.queueMax=20; may be given many times', assignment)
    .addOption(new Option('--log-level <level>', 'lowest level of the log for this run').choices(logLevels))

/** Settings file and what goes before it: environment, then command line. */
function settingsPlaceOf({ config, set = [] }: SettingsOptions): SettingsPlace {
  const file = config === undefined ? null : resolve(config)
  if (file !== null) {
    try {
      accessSync(file, constants.R_OK)
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      throw new CommandFailure(
        isMissing ? `There is no settings file ${file}.` : `The settings file ${file} cannot be read by this user.`
      )
    }
  }
  return { ...(file === null ? {} : { file }), layers: [environmentLayer(process.env), commandLineLayer(set)] }
}

/** What `startServe` wants of them. */
export const settingsRun = (options: SettingsOptions) => ({
  settingsPlace: settingsPlaceOf(options),
  ...(options.logLevel ? { logLevel: options.logLevel } : {}),
  ...(options.saveConfig === undefined ? {} : { saveConfig: resolve(options.saveConfig) })
})

/** The same as arguments of the desktop program. */
export const settingsArguments = (options: SettingsOptions): string[] => [
  ...(options.config === undefined ? [] : ['--config', resolve(options.config)]),
  ...(options.saveConfig === undefined ? [] : ['--save-config', resolve(options.saveConfig)]),
  ...(options.set ?? []).flatMap((one) => ['--set', one]),
  ...(options.logLevel ? ['--log-level', options.logLevel] : [])
]
