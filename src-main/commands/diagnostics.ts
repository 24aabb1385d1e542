import type { Command } from 'commander'
import { resolve } from 'node:path'
import { allLogFiles, bundleName, writeBundle } from '../diagnostics/bundle.ts'
import { readJsonFile } from '../storage/atomicFile.ts'
import { dataFolder } from '../storage/dataFolder.ts'
import { version } from '../version.ts'
import { messageOf } from './check.ts'
import { examine } from './doctor.ts'
import { CommandFailure } from './runProgram.ts'

interface Options {
  data?: string
  json?: true
}

async function storedAs(file: string): Promise<unknown> {
  const read = await readJsonFile(file)
  return read.state === 'read' ? read.value : read
}

async function run(name: string | undefined, options: Options): Promise<void> {
  const folder = resolve(options.data ?? dataFolder())
  const file = resolve(name ?? bundleName(Date.now()))
  const bundle = await writeBundle(file, {
    logFiles: await allLogFiles(folder),
    documents: {
      'about.json': () => ({
        version,
        node: process.version,
        platform: process.platform,
        arch: process.arch,
        dataFolder: folder
      }),
      'settings.json': () => storedAs(resolve(folder, 'settings.json')),
      'open-jobs.json': () => storedAs(resolve(folder, 'open-jobs.json')),
      'doctor.json': () => examine(folder, null)
    }
  }).catch((error: unknown) => {
    throw new CommandFailure(`${file} cannot be written: ${messageOf(error)}.`)
  })
  process.stdout.write(
    options.json
      ? `${JSON.stringify(bundle)}\n`
      : `${bundle.file}: ${bundle.bytes} bytes\n${bundle.contents.map((one) => `  ${one}\n`).join('')}`
  )
}

export function registerDiagnostics(program: Command): void {
  program
    .command('diagnostics')
    .description('packs logs, settings without secrets and the findings of doctor into one file to pass on')
    .argument('[file]', 'the ZIP file to write (default: one with the time in its name, here)')
    .option('--data <folder>', 'the data folder to look at')
    .option('--json', 'print one JSON document: {"file","bytes","contents"}')
    .addHelpText('after', '\nExample:\n  wavefall diagnostics report.zip\n')
    .action(run)
}
