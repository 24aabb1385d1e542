import type { Command } from 'commander'
import type { Failure, Result } from '../../src-preload/contract/errors.ts'
import { defaultWebPort } from '../web/address.ts'
import type { CoreClient } from '../web/coreClient.ts'
import { httpAddress } from './options.ts'
import { CommandFailure } from './runProgram.ts'

/** Options of every command that asks a running core. */
export interface ConnectionOptions {
  connect: string
  json?: true
}

const defaultAddress = `http://127.0.0.1:${defaultWebPort}`

function sentence({ message, fields, retryAfterMs }: Failure): string {
  const details = fields?.map((field) => `${field.path}: ${field.message}`).join(' ')
  const again = retryAfterMs === undefined ? '' : ` Try again in ${Math.ceil(retryAfterMs / 1000)} s.`
  return `${message}${details && !message.includes(details) ? ` ${details}` : ''}${again}`
}

/** The value, or the failure as the command's own. */
export function valueOf<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value
  throw new CommandFailure(sentence(result.error))
}

export async function withCore<Value>(address: string, action: (core: CoreClient) => Promise<Value>): Promise<Value> {
  const { connectCore, parseCoreAddress } = await import('../web/coreClient.ts')
  const parsed = parseCoreAddress(address, process.env.WAVEFALL_TOKEN)
  if (!parsed) throw new CommandFailure(`${address} is no address of a core.`)
  const core = valueOf(await connectCore(parsed.url, parsed.token))
  try {
    return await action(core)
  } finally {
    core.close()
  }
}

export const withConnection = (command: Command): Command =>
  command
    .option(
      '--connect <url>',
      'the core, as "serve" printed it; the token from #token=… or WAVEFALL_TOKEN',
      httpAddress,
      defaultAddress
    )
    .option('--json', 'print JSON')
