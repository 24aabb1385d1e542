import { rightsOfRole } from '../../src-preload/contract/access.ts'
import type { Handlers } from '../../src-preload/contract/calls.ts'
import { failure, ok } from '../../src-preload/contract/errors.ts'
import type { Access } from './access.ts'
import { localIdentity, type Identity } from './identity.ts'

type AccessCallName = Extract<keyof Handlers<unknown>, `access.${string}`>

/** Who asks: the identity that the shell gave the connection; without one it is the program's own window. */
export interface Asking {
  readonly identity?: Identity
}

export function accessHandlers(access: Access): Pick<Handlers<Asking>, AccessCallName> {
  const { tokens, audit } = access
  return {
    'access.whoAmI': async (_args, { identity = localIdentity }) =>
      ok({ name: identity.name, role: identity.role, rights: [...rightsOfRole[identity.role]] }),
    'access.tokens': async () => ok(tokens.list()),
    async 'access.createToken'({ name, role, validForS }, { identity = localIdentity }) {
      if (tokens.list().some((token) => token.name === name && token.state === 'valid'))
        return failure('refused', `There is a token named "${name}" already: choose another name, or revoke that one.`)
      const made = tokens.create({
        name,
        role,
        validForMs: validForS === null ? null : validForS * 1000,
        createdBy: identity.name
      })
      if (!made) return failure('refused', 'There are 500 tokens, all of them valid: revoke those that nobody needs.')
      await tokens.settled()
      return ok(made)
    },
    async 'access.revokeToken'({ token }) {
      const found = tokens.find(token)
      const revoked = found ? tokens.revoke(found.id) : null
      if (!revoked)
        return failure(
          'not-found',
          found
            ? `The token "${found.name}" is ${found.state} already.`
            : `There is no token "${token}": give its id, or a name that only one valid token has.`
        )
      await tokens.settled()
      return ok(revoked)
    },
    'access.audit': async ({ limit, before }) => ok(await audit.list(limit, before)),
    'access.verifyAudit': async () => ok(await audit.verify()),
    'access.server': async () =>
      ok({ listeners: access.listeners(), access: access.counters(), audit: audit.counters() })
  }
}
