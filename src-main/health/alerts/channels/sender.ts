import type { AlertMessage } from '../alertMessage.ts'

export type SendAnswer =
  | { ok: true; answer: string }
  | {
      ok: false
      /** One sentence without a secret in it. */
      reason: string
      /** Sending the same again cannot help. */
      isFinal: boolean
      retryAfterMs: number | null
    }

/** One way out. */
export interface AlertSender {
  /** Several messages are told as one summary. Resolves within the sender's own time-out. */
  send(messages: readonly AlertMessage[], signal: AbortSignal): Promise<SendAnswer>
  /** What is missing before it can send, as a sentence; empty where nothing is. */
  lacks(): string
}

export const sent = (answer: string): SendAnswer => ({ ok: true, answer })
export const notSent = (reason: string, isFinal: boolean, retryAfterMs: number | null = null): SendAnswer => ({
  ok: false,
  reason,
  isFinal,
  retryAfterMs
})
