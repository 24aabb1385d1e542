import type { Command } from 'commander'
import { resolve } from 'node:path'
import { repairSettings } from '../storage/settingsTree.ts'
import { dataFolder } from '../storage/dataFolder.ts'
import { readJsonFile } from '../storage/atomicFile.ts'
import { defaultWebPort } from '../web/address.ts'
import { checkBackend, checkClocks } from './doctorBackend.ts'
import { checkDisk, checkSettings } from './doctorDisk.ts'
import { checkCores, checkDesktop, checkGraphics, checkMemory, checkRuntime } from './doctorMachine.ts'
import { checkNetwork, type TlsFiles } from './doctorNetwork.ts'
import { checkStreamPorts, checkWebPort } from './doctorPorts.ts'
import { httpAddress } from './options.ts'
import type { Check, CheckLevel } from './check.ts'

interface Options {
  backend?: string
  data?: string
  tlsCert?: string
  tlsKey?: string
  json?: true
}

const signs: Record<CheckLevel, string> = { ok: 'ok     ', warning: 'warning', bad: 'BAD    ' }

function line({ name, level, found, advice }: Check): string {
  return `${signs[level]}  ${name.padEnd(16)} ${found}${advice ? `\n${' '.repeat(26)}→ ${advice}` : ''}`
}

async function configuredBackend(folder: string): Promise<string | null> {
  const read = await readJsonFile(resolve(folder, 'settings.json'))
  return read.state === 'read' ? repairSettings(read.value).settings.site.backendUrl : null
}

/** Looks at everything there is; `backend`: null is the one of the settings. */
export async function examine(folder: string, named: string | null, tls: TlsFiles | null = null): Promise<Check[]> {
  const backend = named ?? (await configuredBackend(folder))
  const answer = await checkBackend(backend)
  return [
    checkRuntime(),
    checkDesktop(),
    checkGraphics(),
    await checkCores(),
    checkMemory(),
    await checkDisk(folder),
    await checkSettings(folder),
    await checkWebPort(defaultWebPort),
    await checkStreamPorts(),
    ...(await checkNetwork(folder, tls)),
    answer.check,
    ...checkClocks(answer.serverDateMs, answer.askedMs)
  ]
}

const tlsOf = ({ tlsCert, tlsKey }: Options): TlsFiles | null =>
  tlsCert !== undefined && tlsKey !== undefined ? { certificateFile: tlsCert, keyFile: tlsKey } : null

async function run(options: Options): Promise<void> {
  const checks = await examine(resolve(options.data ?? dataFolder()), options.backend ?? null, tlsOf(options))
  process.stdout.write(options.json ? `${JSON.stringify(checks)}\n` : `${checks.map(line).join('\n')}\n`)
  if (checks.some(({ level }) => level === 'bad')) process.exitCode = 1
}

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('what this machine has, and what to do where it is not enough; exit code 1 when something is bad')
    .option('--backend <url>', 'Focus Server to reach (default: the one of the settings)', httpAddress)
    .option('--data <folder>', 'the data folder to look at')
    .option('--tls-cert <file>', 'certificate that "serve" is given')
    .option('--tls-key <file>', 'its private key')
    .option('--json', 'print one JSON document: [{"name","level","found","advice"}]')
    .addHelpText('after', '\nExample:\n  wavefall doctor --backend http://10.0.0.5:5000\n')
    .action(run)
}
