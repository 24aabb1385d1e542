import { mayRole, rolesWith, type Right, type RoleName } from '../../src-preload/contract/access.ts'

/** Who asks, however it was established. */
export interface Identity {
  /** Null: nobody who needed a token (a window of this machine's own program, a reader on the loopback). */
  readonly tokenId: string | null
  readonly name: string
  readonly role: RoleName
  readonly address: string | null
}

/** The program's own windows and commands in this process: who sits at the machine may do all. */
export const localIdentity: Identity = { tokenId: null, name: 'window of this machine', role: 'admin', address: null }

/** Null where the right is there, else the sentence of the refusal. */
export function whyForbidden(identity: Identity, right: Right, what: string): string | null {
  if (mayRole(identity.role, right)) return null
  const roles = rolesWith(right)
  const named = roles.length === 1 ? roles[0]! : `${roles.slice(0, -1).join(', ')} or ${roles.at(-1)!}`
  return `${what} needs the role ${named}; the token "${identity.name}" has the role ${identity.role}.`
}
