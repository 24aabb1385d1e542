import { readFile } from 'node:fs/promises'
import { createTransport } from 'nodemailer'
import type { AlertChannelSettings } from '../../../../src-preload/contract/alertChannels.ts'
import { type AlertMessage, detailLines, headline, summaryHeadline, summaryLines } from '../alertMessage.ts'
import { type AlertSender, notSent, sent, type SendAnswer } from './sender.ts'

type Settings = Extract<AlertChannelSettings, { kind: 'email' }>

/** Connecting, greeting and each answer of the server; the whole may take twice that. */
const stepTimeoutMs = 8000

interface SmtpError extends Error {
  code?: string
  responseCode?: number
  response?: string
}

function failureOf(error: SmtpError, host: string): SendAnswer {
  const { code = '', responseCode, response, message } = error
  const said = response ? `: ${response.replace(/\s+/g, ' ').slice(0, 200)}` : ''
  if (code === 'EAUTH') return notSent(`${host} refused the user or the password${said}.`, true)
  if (/certificate|self.signed|unable to verify|altname/i.test(`${code} ${message}`))
    return notSent(`The certificate of ${host} is not trusted: ${message}.`, false)
  if (code === 'ETLS') return notSent(`${host} offers no TLS, which is required: ${message}.`, true)
  if (responseCode !== undefined && responseCode >= 500) return notSent(`${host} refused the message${said}.`, true)
  if (responseCode !== undefined) return notSent(`${host} cannot take the message now${said}.`, false)
  return notSent(`${host} cannot be reached (${code || message}).`, false)
}

/** SMTP. The picture is attached and shown below the text. */
export function createEmailSender({
  settings,
  secret
}: {
  settings: Settings
  secret(name: string): string | null
}): AlertSender {
  const { host, port, tls, user, from, recipients, caFile, withPicture } = settings

  async function contentOf(messages: readonly AlertMessage[]) {
    const [first] = messages
    if (messages.length !== 1 || !first)
      return { subject: `[Wavefall] ${summaryHeadline(messages)}`, text: summaryLines(messages).join('\n') }
    const picture = withPicture ? await first.picture() : null
    return {
      subject: `[Wavefall] ${headline(first)}`,
      text: detailLines(first).join('\n'),
      ...(picture
        ? { attachments: [{ filename: 'waterfall.png', content: Buffer.from(picture), contentType: 'image/png' }] }
        : {})
    }
  }

  return {
    lacks() {
      if (host === '') return 'It has no host.'
      if (recipients.length === 0) return 'It has no recipients.'
      return user !== '' && secret('password') === null ? 'The password is not set.' : ''
    },
    async send(messages, signal) {
      let ca: string | null
      try {
        ca = caFile === null ? null : await readFile(caFile, 'utf8')
      } catch (error) {
        return notSent(`The CA file ${caFile} cannot be read (${(error as NodeJS.ErrnoException).code}).`, false)
      }
      const transport = createTransport({
        host,
        port,
        secure: tls === 'from the start',
        requireTLS: tls === 'required',
        ignoreTLS: tls === 'none',
        ...(user === '' ? {} : { auth: { user, pass: secret('password') ?? '' } }),
        tls: ca === null ? {} : { ca },
        connectionTimeout: stepTimeoutMs,
        greetingTimeout: stepTimeoutMs,
        socketTimeout: stepTimeoutMs,
        disableFileAccess: true,
        disableUrlAccess: true
      })
      const onAbort = (): void => transport.close()
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        const content = await contentOf(messages)
        const info = await transport.sendMail({
          from: from || (user.includes('@') ? user : `wavefall@${host}`),
          to: recipients,
          ...content
        })
        const refused = info.rejected.length > 0 ? `; refused for ${info.rejected.join(', ')}` : ''
        return sent(`${host} answered ${info.response}${refused}`)
      } catch (error) {
        return failureOf(error as SmtpError, host)
      } finally {
        signal.removeEventListener('abort', onAbort)
        transport.close()
      }
    }
  }
}
