import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

export const createToken = (): string => randomBytes(32).toString('base64url')

/** Characters that a web socket subprotocol and an address may carry as they are; long enough not to be guessed. */
const tokenPattern = /^[A-Za-z0-9._~-]{16,200}$/

export const isUsableToken = (token: string): boolean => tokenPattern.test(token)

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Compares in constant time; digests make the lengths equal. */
export const tokenMatches = (offered: string | null, expected: string): boolean =>
  offered !== null && timingSafeEqual(digest(offered), digest(expected))
