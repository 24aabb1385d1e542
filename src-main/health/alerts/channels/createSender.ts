import type { AlertChannel } from '../../../../src-preload/contract/alertChannels.ts'
import type { AlertPayload } from '../../../../src-preload/contract/alerts.ts'
import type { Clock } from '../../../clock.ts'
import type { Log } from '../../../storage/log.ts'
import type { AlertMessage } from '../alertMessage.ts'
import { createCommandSender } from './command.ts'
import { createEmailSender } from './email.ts'
import {
  createConsoleSender,
  createDesktopSender,
  createInAppSender,
  createLogSender,
  createSocketSender,
  type NotifyDesktop
} from './localSenders.ts'
import { createPagerDutySender } from './pagerDuty.ts'
import type { AlertSender } from './sender.ts'
import { createSlackSender } from './slack.ts'
import { createWebhookSender } from './webhook.ts'

/** What channels reach the world through. */
export interface ChannelOutlets {
  clock: Clock
  log: Log
  /** Null without a desktop. */
  notifyDesktop: NotifyDesktop | null
  /** Null where standard error is nobody's console. */
  writeConsole: ((line: string) => void) | null
  show(messages: readonly AlertMessage[]): void
  broadcast(payload: AlertPayload): void
  memoryUsageMb(): number | null
  /** Where own handlers lie. */
  handlersFolder: string
}

export function createSender(
  { settings }: AlertChannel,
  secret: (name: string) => string | null,
  outlets: ChannelOutlets
): AlertSender {
  const { clock, memoryUsageMb } = outlets
  switch (settings.kind) {
    case 'in-app':
      return createInAppSender(outlets.show)
    case 'desktop':
      return createDesktopSender(outlets.notifyDesktop)
    case 'log':
      return createLogSender(outlets.log)
    case 'console':
      return createConsoleSender(outlets.writeConsole, clock)
    case 'websocket':
      return createSocketSender(outlets.broadcast, memoryUsageMb, clock)
    case 'webhook':
      return createWebhookSender({ settings, secret, memoryUsageMb, clock })
    case 'slack':
      return createSlackSender({ settings, secret, clock })
    case 'email':
      return createEmailSender({ settings, secret })
    case 'pagerduty':
      return createPagerDutySender({ settings, secret, memoryUsageMb, clock })
    case 'command':
      return createCommandSender({ settings, folder: outlets.handlersFolder, memoryUsageMb, clock })
  }
}
