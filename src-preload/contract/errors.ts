/** What an operator or a script is told when something expected goes wrong: a stable code and one sentence. */
export const errorCodes = [
  'invalid', // the arguments; `fields` says which
  'not-found',
  'refused', // admission, limits, permissions; the sentence says when to try again
  'unavailable', // backend, worker or transport is away
  'timed-out',
  'cancelled',
  'unsupported',
  'unreadable', // a file or message that cannot be read as what it claims to be
  'failed'
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** One message per field; `path` is dotted, as in the request (`channels.min`). */
export interface FieldError {
  path: string
  message: string
}

export interface Failure {
  code: ErrorCode
  message: string
  fields?: FieldError[]
  /** Milliseconds after which trying again makes sense, where that is known. */
  retryAfterMs?: number
}

export type Result<T> = { ok: true; value: T } | { ok: false; error: Failure }

export const ok = <T>(value: T): Result<T> => ({ ok: true, value })

export const failure = (
  code: ErrorCode,
  message: string,
  more: { fields?: FieldError[]; retryAfterMs?: number } = {}
): { ok: false; error: Failure } => ({ ok: false, error: { code, message, ...more } })
