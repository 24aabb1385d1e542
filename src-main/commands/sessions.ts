import type { Command } from 'commander'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { sessionLabels, sessionSortKeys, type Verification } from '../../src-preload/contract/sessions.ts'
import type { Catalogue } from '../sessions/catalogue/catalogue.ts'
import type { SessionSortKey } from '../sessions/catalogue/catalogueQuery.ts'
import { dataFolder } from '../storage/dataFolder.ts'
import { createProgressLine } from './progressLine.ts'
import { CommandFailure } from './runProgram.ts'
import { findSession, openCatalogueOf } from './sessionsTarget.ts'
import { detailText, listText, verificationText } from './sessionsText.ts'

interface Options {
  data?: string
  json?: true
}

const folderOf = ({ data }: Options): string => resolve(data ?? dataFolder())

async function withCatalogue<T>(
  options: Options,
  action: (catalogue: Catalogue) => Promise<T>,
  onVerify: (doneBytes: number, totalBytes: number) => void = () => undefined
): Promise<T> {
  const catalogue = await openCatalogueOf(folderOf(options), onVerify)
  try {
    return await action(catalogue)
  } finally {
    await catalogue.dispose()
  }
}

const print = (json: true | undefined, value: unknown, text: () => string): void =>
  void process.stdout.write(json ? `${JSON.stringify(value)}\n` : text())

async function list(words: string[], options: Options & { sort?: string; reverse?: true }): Promise<void> {
  const { sort } = options
  if (sort !== undefined && !(sessionSortKeys as readonly string[]).includes(sort))
    throw new CommandFailure(`--sort is one of ${sessionSortKeys.join(', ')}.`)
  await withCatalogue(options, async (catalogue) => {
    const isDescending = (sort ?? 'time') === 'time'
    const sessions = await catalogue.list({
      search: words.join(' '),
      ...(sort === undefined ? {} : { sort: sort as SessionSortKey }),
      descending: options.reverse ? !isDescending : isDescending
    })
    if (sessions.length === 0 && !options.json) process.stderr.write(`There are no sessions in ${catalogue.folder}.\n`)
    print(options.json, sessions, () => listText(sessions))
  })
}

async function show(name: string, options: Options): Promise<void> {
  await withCatalogue(options, async (catalogue) => {
    const detail = await (await findSession(catalogue, name)).show()
    print(options.json, detail, () => detailText(detail))
  })
}

async function rename(name: string, to: string, options: Options): Promise<void> {
  const parsed = sessionLabels.shape.name.safeParse(to)
  if (!parsed.success) throw new CommandFailure('A name has 1 to 200 characters.')
  await withCatalogue(options, async (catalogue) => {
    const summary = await (await findSession(catalogue, name)).rename(parsed.data)
    print(options.json, summary, () => `${summary.name}\t${summary.path}\n`)
  })
}

async function isConfirmed(message: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(`${message} Delete it? [y/N] `).finally(() => terminal.close())
  return /^y(es)?$/i.test(answer.trim())
}

async function remove(names: string[], options: Options & { yes?: true }): Promise<void> {
  await withCatalogue(options, async (catalogue) => {
    const deleted: { id: string; path: string }[] = []
    for (const name of names) {
      const session = await findSession(catalogue, name)
      const message = await session.deletionMessage()
      if (!options.yes && !(await isConfirmed(message)))
        throw new CommandFailure(`${message} Nothing was deleted: confirm it with --yes.`)
      await session.delete()
      deleted.push({ id: session.id, path: session.path })
    }
    print(options.json, deleted, () => deleted.map(({ path }) => `Moved to the trash: ${path}\n`).join(''))
  })
}

async function verify(names: string[], options: Options): Promise<void> {
  const progress = createProgressLine(process.stderr)
  const results: (Verification & { path: string })[] = []
  await withCatalogue(
    options,
    async (catalogue) => {
      const wanted =
        names.length > 0
          ? names
          : (await catalogue.list({})).filter(({ kind }) => kind === 'session').map(({ id }) => id)
      for (const name of wanted) {
        const session = await findSession(catalogue, name)
        const found = await session.verify()
        results.push({ ...found, path: session.path })
      }
    },
    (done, total) => progress.update(`Reading frames: ${total > 0 ? Math.floor((done / total) * 100) : 0} %`)
  )
  progress.clear()
  print(options.json, names.length === 1 ? results[0] : results, () => results.map(verificationText).join(''))
  const bad = results.filter(({ whole }) => !whole)
  if (bad.length > 0) {
    const [first] = bad
    const { file, offset, message } = first!.problems[0]!
    const place = offset === null ? file : `${file}, byte ${offset}`
    throw new CommandFailure(
      `${bad.length} of ${results.length} sessions ${bad.length === 1 ? 'is' : 'are'} not whole; ${first!.path}: ${place}: ${message}.`
    )
  }
}

const withFolder = (command: Command): Command =>
  command.option('--data <folder>', "the program's data folder").option('--json', 'print one JSON document')

/** Adds `sessions list|show|rename|delete|verify` to the program. */
export function registerSessions(program: Command): void {
  const sessions = program
    .command('sessions')
    .description('the catalogue of sessions: what was captured, and whether it is whole')
    .addHelpText('after', '\nExample:\n  wavefall sessions list digger --sort size --json\n')
  withFolder(sessions.command('list', { isDefault: true }))
    .description('lists sessions and opened files, newest first')
    .argument('[words...]', 'words that must all be in name, place, notes, tags or path')
    .option('--sort <key>', sessionSortKeys.join(', '))
    .option('--reverse', 'the other way round')
    .addHelpText('after', '\nExample:\n  wavefall sessions list digger --sort size\n')
    .action(list)
  withFolder(sessions.command('show'))
    .description('what a session is, with its gaps')
    .argument('<name>', 'its name or id, or its folder')
    .addHelpText('after', '\nExample:\n  wavefall sessions show "Digger at km 4"\n')
    .action(show)
  withFolder(sessions.command('rename'))
    .description('calls a session by another name; its folder stays')
    .argument('<name>', 'its name or id, or its folder')
    .argument('<to>', 'the new name')
    .addHelpText('after', '\nExample:\n  wavefall sessions rename "Digger at km 4" Excavator\n')
    .action(rename)
  withFolder(sessions.command('delete'))
    .description('moves sessions to the trash, after a question')
    .argument('<names...>', 'names, ids or folders')
    .option('--yes', 'without the question')
    .addHelpText('after', '\nExample:\n  wavefall sessions delete Excavator --yes\n')
    .action(remove)
  withFolder(sessions.command('verify'))
    .description('reads every frame and checks every sum; all sessions where none is named')
    .argument('[names...]', 'names, ids or folders')
    .addHelpText('after', '\nExample:\n  wavefall sessions verify ./digger --json\n')
    .action(verify)
}
