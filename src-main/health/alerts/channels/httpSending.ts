import { readFile } from 'node:fs/promises'
import type { Clock } from '../../../clock.ts'
import { createHttpClient } from '../../../streams/httpRequest.ts'
import { notSent, sent, type SendAnswer } from './sender.ts'

export const httpTimeoutMs = 8000
const answerMaxBytes = 65_536
/** A server may ask for a pause, not for silence. */
const retryAfterMostMs = 600_000

export interface HttpSending {
  address: string
  headers?: Record<string, string>
  caFile: string | null
  body: object
  clock: Clock
  signal: AbortSignal
}

/** What is fit for a list, a log or a sentence: no path and no query, in which many services carry their secret. */
export const originOf = (address: string): string => (URL.canParse(address) ? new URL(address).origin : 'the address')

const shortened = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 200 ? `${line.slice(0, 200)} …` : line
}

/** POSTs JSON once. 408, 429 and 5xx, time-outs and broken connections may be tried again; other refusals may not. */
export async function postJson({ address, headers, caFile, body, clock, signal }: HttpSending): Promise<SendAnswer> {
  if (!URL.canParse(address)) return notSent('The address is not one.', true)
  const url = new URL(address)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return notSent('The address is neither http nor https.', true)
  let ca: string | null
  try {
    ca = caFile === null ? null : await readFile(caFile, 'utf8')
  } catch (error) {
    return notSent(`The CA file ${caFile} cannot be read (${(error as NodeJS.ErrnoException).code}).`, false)
  }
  const client = createHttpClient({
    baseUrl: url.origin,
    ca,
    fingerprint256: null,
    timeoutMs: httpTimeoutMs,
    responseMaxBytes: answerMaxBytes,
    clock,
    ...(headers ? { headers } : {})
  })
  const onAbort = (): void => client.dispose()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const answer = await client.request('POST', url.pathname + url.search, body)
    if (answer.kind === 'failure') {
      // The path is left out: it may be a secret.
      const reason =
        answer.cause === 'timed-out'
          ? `${url.host} did not answer within ${httpTimeoutMs / 1000} s.`
          : answer.cause === 'too-large'
            ? `${url.host} answered with more than ${answerMaxBytes} bytes.`
            : `${answer.message}.`
      return notSent(reason, answer.cause === 'too-large')
    }
    const { status, text, retryAfterMs } = answer
    const said = `${url.host} answered ${status}${text.trim() ? `: ${shortened(text)}` : ''}`
    if (status >= 200 && status < 300) return sent(said)
    if (status >= 300 && status < 400) return notSent(`${said}. It sends on to another address: use that one.`, true)
    const isBusy = status === 408 || status === 425 || status === 429 || status >= 500
    return notSent(`${said}.`, !isBusy, retryAfterMs === null ? null : Math.min(retryAfterMs, retryAfterMostMs))
  } finally {
    signal.removeEventListener('abort', onAbort)
    client.dispose()
  }
}
