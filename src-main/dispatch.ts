import { calls, isCallName, type CallName } from '../src-preload/contract/calls.ts'
import { failure, type Result } from '../src-preload/contract/errors.ts'
import { clientMessage, type ServerMessage } from '../src-preload/contract/transport.ts'
import type { Core, CorePort } from './coreInterface.ts'

async function answerCall<Name extends CallName>(
  core: Core,
  port: CorePort,
  name: Name,
  args: unknown
): Promise<Result<unknown>> {
  const parsed = calls[name].arguments.safeParse(args)
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
    return failure('invalid', `${name}: ${fields.map((field) => `${field.path}: ${field.message}`).join('; ')}`, {
      fields
    })
  }
  const handler = core.handlers[name] as (args: unknown, port: CorePort) => Promise<Result<unknown>>
  return handler(parsed.data, port)
}

/**
 * One message of a client → its answer. The only place where calls enter the core, for both shells; a handler that throws
 * is a bug and is answered as one (`onBug` logs it), without its stack.
 */
export async function dispatch(
  core: Core,
  port: CorePort,
  message: unknown,
  onBug: (name: string, error: unknown) => void
): Promise<ServerMessage | null> {
  const parsed = clientMessage.safeParse(message)
  if (!parsed.success) return null
  const { id, name } = parsed.data
  if (!isCallName(name))
    return { kind: 'answer', id, result: failure('not-found', `There is no call named "${name}".`) }
  try {
    return { kind: 'answer', id, result: await answerCall(core, port, name, parsed.data.arguments) }
  } catch (error) {
    onBug(name, error)
    return {
      kind: 'answer',
      id,
      result: failure('failed', `${name} failed because of an error in the program; the log has it.`)
    }
  }
}
