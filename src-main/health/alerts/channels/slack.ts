import type { AlertChannelSettings } from '../../../../src-preload/contract/alertChannels.ts'
import type { Clock } from '../../../clock.ts'
import { type AlertMessage, detailLines, headline, summaryHeadline, summaryLines } from '../alertMessage.ts'
import { postJson } from './httpSending.ts'
import type { AlertSender } from './sender.ts'

type Settings = Extract<AlertChannelSettings, { kind: 'slack' }>

/** The three characters that Slack's text has a meaning for. */
const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
/** A section holds 3 000 characters. */
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 2900) } })

function bodyOf(messages: readonly AlertMessage[]): { text: string; blocks: object[] } {
  const [first] = messages
  const isOne = messages.length === 1 && first !== undefined
  const title = escaped(isOne ? headline(first) : summaryHeadline(messages))
  const lines = (isOne ? detailLines(first) : summaryLines(messages)).map(escaped)
  return { text: title, blocks: [section(`*${title}*`), section(lines.join('\n'))] }
}

/** Incoming webhook: the address is the secret. */
export function createSlackSender({
  settings,
  secret,
  clock
}: {
  settings: Settings
  secret(name: string): string | null
  clock: Clock
}): AlertSender {
  return {
    lacks: () => (secret('address') === null ? 'The address of its incoming webhook is not set.' : ''),
    send: (messages, signal) =>
      postJson({
        address: secret('address') ?? '',
        caFile: settings.caFile,
        body: { ...bodyOf(messages), ...(settings.channel ? { channel: settings.channel } : {}) },
        clock,
        signal
      })
  }
}
