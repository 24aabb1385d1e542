import { randomBytes } from 'node:crypto'

export const createToken = (): string => randomBytes(32).toString('base64url')

/** Characters that a web socket subprotocol and an address may carry as they are; long enough not to be guessed. */
const tokenPattern = /^[A-Za-z0-9._~-]{16,200}$/

export const isUsableToken = (token: string): boolean => tokenPattern.test(token)
