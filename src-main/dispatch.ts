import { calls, isCallName, type CallName } from '../src-preload/contract/calls.ts'
import type { Right } from '../src-preload/contract/access.ts'
import { isAudited, rightOfCall } from '../src-preload/contract/callRights.ts'
import { failure, type Result } from '../src-preload/contract/errors.ts'
import { clientMessage, type ServerMessage } from '../src-preload/contract/transport.ts'
import { localIdentity, whyForbidden } from './access/identity.ts'
import type { Core, CorePort } from './coreInterface.ts'

/** Of these arguments an audit entry says what a call concerned; none of them carries a secret. */
const subjectKeys = ['jobId', 'captureId', 'taskId', 'sessionId', 'ruleId', 'channelId', 'id', 'name', 'action', 'role']

function subjectOf(args: unknown): string {
  if (typeof args !== 'object' || args === null) return ''
  return subjectKeys
    .flatMap((key) => {
      const value = (args as Record<string, unknown>)[key]
      return typeof value === 'string' || typeof value === 'number' ? [`${key} ${value}`] : []
    })
    .join(', ')
}

async function answerCall<Name extends CallName>(
  core: Core,
  port: CorePort,
  name: Name,
  args: unknown
): Promise<Result<unknown>> {
  const identity = port.identity ?? localIdentity
  // The map is complete by type; what was left out of it all the same is an administrator's.
  const right = (rightOfCall[name] as Right | undefined) ?? 'administer'
  const why = whyForbidden(identity, right, name)
  if (why !== null) return failure('refused', core.access.refuse(identity, name, why))
  const parsed = calls[name].arguments.safeParse(args)
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
    return failure('invalid', `${name}: ${fields.map((field) => `${field.path}: ${field.message}`).join('; ')}`, {
      fields
    })
  }
  const handler = core.handlers[name] as (args: unknown, port: CorePort) => Promise<Result<unknown>>
  if (!isAudited(right)) return handler(parsed.data, port)
  try {
    const result = await handler(parsed.data, port)
    core.access.acted(identity, name, subjectOf(parsed.data), result.ok ? null : result.error.message)
    return result
  } catch (error) {
    core.access.acted(identity, name, subjectOf(parsed.data), 'An error in the program; the log has it.')
    throw error
  }
}

/**
 * One message of a client → its answer. The only place where calls enter the core, for both shells: what the role may not do
 * is refused here. A handler that throws is a bug and is answered as one (`onBug` logs it), without its stack.
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
