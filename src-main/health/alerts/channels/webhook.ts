import type { AlertChannelSettings } from '../../../../src-preload/contract/alertChannels.ts'
import type { Clock } from '../../../clock.ts'
import { payloadOf } from '../alertMessage.ts'
import { postJson } from './httpSending.ts'
import type { AlertSender } from './sender.ts'

type Settings = Extract<AlertChannelSettings, { kind: 'webhook' }>

const picturesMostBytes = 2_000_000

export interface WebhookOptions {
  settings: Settings
  secret(name: string): string | null
  memoryUsageMb(): number | null
  clock: Clock
}

/** POST of the payload as JSON; a picture goes as base64 into its metadata. */
export function createWebhookSender({ settings, secret, memoryUsageMb, clock }: WebhookOptions): AlertSender {
  const address = (): string | null => secret('address') ?? settings.address
  return {
    lacks: () => (address() === null ? 'It has no address.' : ''),
    async send(messages, signal) {
      const payload = payloadOf(messages, memoryUsageMb(), clock.nowMs())
      const [message] = messages
      if (settings.withPicture && message && messages.length === 1) {
        const picture = await message.picture()
        if (picture && picture.byteLength <= picturesMostBytes)
          payload.metadata['picture'] = {
            content_type: 'image/png',
            encoding: 'base64',
            data: Buffer.from(picture).toString('base64')
          }
      }
      const authorization = secret('authorization')
      return postJson({
        address: address() ?? '',
        ...(authorization === null ? {} : { headers: { authorization } }),
        caFile: settings.caFile,
        body: payload,
        clock,
        signal
      })
    }
  }
}
