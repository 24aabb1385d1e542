import { InvalidArgumentError, type Command } from 'commander'
import { resolve } from 'node:path'
import type { AuditEntry, AuditVerification } from '../../src-preload/contract/access.ts'
import { verifyAudit } from '../access/auditChain.ts'
import { accessFolder } from '../access/access.ts'
import { valueOf, withConnection, withCore, type ConnectionOptions } from './coreConnection.ts'

interface ListOptions extends ConnectionOptions {
  limit: number
}
interface VerifyOptions extends ConnectionOptions {
  data?: string
}

function limitOption(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw new InvalidArgumentError('Give 1 to 1000.')
  return limit
}

const line = ({ sequence, time, actor, role, address, action, subject, outcome, reason, count }: AuditEntry): string =>
  [
    sequence,
    time,
    `${actor}${role ? ` (${role})` : ''}`,
    address ?? '–',
    action,
    subject,
    `${outcome}${count > 1 ? ` × ${count}` : ''}`,
    reason
  ].join('\t')

async function list(options: ListOptions): Promise<void> {
  const entries = await withCore(options.connect, async (core) =>
    valueOf(await core.call('access.audit', { limit: options.limit, before: null }))
  )
  if (options.json) process.stdout.write(`${JSON.stringify(entries)}\n`)
  else for (const entry of entries.reverse()) process.stdout.write(`${line(entry)}\n`)
}

function text({ intact, entries, files, problems, lastChecksum }: AuditVerification): string {
  const verdict = intact ? 'Intact' : 'NOT intact'
  return [
    `${verdict}: ${entries} entries in ${files} files.`,
    ...problems,
    `Checksum of the last entry: ${lastChecksum}`,
    ''
  ].join('\n')
}

async function verify(options: VerifyOptions): Promise<void> {
  const found =
    options.data === undefined
      ? await withCore(options.connect, async (core) => valueOf(await core.call('access.verifyAudit', {})))
      : await verifyAudit(accessFolder(resolve(options.data)))
  process.stdout.write(options.json ? `${JSON.stringify(found)}\n` : text(found))
  if (!found.intact) process.exitCode = 1
}

export function registerAudit(program: Command): void {
  const audit = program
    .command('audit')
    .description('what was done over the network and in the windows, by whom; needs the token of an admin or auditor')
    .addHelpText('after', '\nExample:\n  wavefall audit verify\n')
  withConnection(audit.command('list'))
    .description('the newest entries, the newest last')
    .option('--limit <number>', 'how many', limitOption, 50)
    .addHelpText('after', '\nExample:\n  wavefall audit list --limit 200\n')
    .action(list)
  withConnection(audit.command('verify'))
    .description('reads every entry and checks the chain of their checksums; exit code 1 where it does not hold')
    .option('--data <folder>', 'the data folder of a core that does not run, instead of asking one')
    .addHelpText('after', '\nExample:\n  wavefall audit verify --data ~/.local/share/wavefall\n')
    .action(verify)
}
