import { Argument, InvalidArgumentError, Option, type Command } from 'commander'
import { roleNames, type RoleName, type TokenRecord } from '../../src-preload/contract/access.ts'
import { durationMs } from '../web/api/timeRange.ts'
import { valueOf, withConnection, withCore, type ConnectionOptions } from './coreConnection.ts'

interface CreateOptions extends ConnectionOptions {
  role: RoleName
  /** Seconds; null: for ever. */
  expires: number | null
}

const dayS = 86_400
const expiresByDefaultS = 90 * dayS

function expiry(text: string): number | null {
  if (text === 'never') return null
  const ms = durationMs(text)
  if (ms === null || ms > 3650 * dayS * 1000)
    throw new InvalidArgumentError('Give a time such as 12h, 30d or 52w, or never.')
  return Math.max(1, Math.round(ms / 1000))
}

const date = (ms: number | null, none: string): string =>
  ms === null ? none : new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

const line = (token: TokenRecord): string =>
  [
    token.id,
    token.state,
    token.role,
    token.name,
    `expires ${date(token.expiresAtMs, 'never')}`,
    `last used ${date(token.lastUsedAtMs, 'never')}`,
    `by ${token.createdBy}`
  ].join('\t')

async function list(options: ConnectionOptions): Promise<void> {
  const tokens = await withCore(options.connect, async (core) => valueOf(await core.call('access.tokens', {})))
  if (options.json) process.stdout.write(`${JSON.stringify(tokens)}\n`)
  else for (const token of tokens) process.stdout.write(`${line(token)}\n`)
}

async function create(name: string, options: CreateOptions): Promise<void> {
  const { role, expires } = options
  const made = await withCore(options.connect, async (core) =>
    valueOf(await core.call('access.createToken', { name, role, validForS: expires }))
  )
  if (options.json) process.stdout.write(`${JSON.stringify(made)}\n`)
  else {
    process.stderr.write(`${line(made.record)}\nThis is the only time that the token is shown:\n`)
    process.stdout.write(`${made.token}\n`)
  }
}

async function revoke(token: string, options: ConnectionOptions): Promise<void> {
  const revoked = await withCore(options.connect, async (core) =>
    valueOf(await core.call('access.revokeToken', { token }))
  )
  process.stdout.write(`${options.json ? JSON.stringify(revoked) : line(revoked)}\n`)
}

export function registerTokens(program: Command): void {
  const tokens = program
    .command('tokens')
    .description('who may reach a running core, and as what; needs the token of an admin')
    .addHelpText(
      'after',
      '\nRoles: viewer sees, operator also acts, admin also decides who may; auditor reads log, alerts and audit and sees no\n' +
        'samples; service reads metrics alone (a scraper).\n\nExample:\n  wavefall tokens create prometheus --role service --expires 52w > prometheus.token\n'
    )
  withConnection(tokens.command('list'))
    .description('lists the tokens, not their secrets')
    .addHelpText('after', '\nExample:\n  wavefall tokens list --json\n')
    .action(list)
  withConnection(tokens.command('create'))
    .description('makes a token and shows it once')
    .argument('<name>', 'for whom or what it is')
    .addOption(new Option('--role <role>', 'what it may').choices(roleNames).default('viewer'))
    .option('--expires <time>', 'after which it is worth nothing: 12h, 30d, 52w, or never', expiry, expiresByDefaultS)
    .addHelpText('after', '\nExample:\n  wavefall tokens create "night shift" --role operator --expires 30d\n')
    .action(create)
  withConnection(tokens.command('revoke'))
    .addArgument(new Argument('<token>', 'its id, or its name'))
    .description('takes a token away at once, from open connections too')
    .addHelpText('after', '\nExample:\n  wavefall tokens revoke prometheus\n')
    .action(revoke)
}
