import type { AlertPayload } from '../../../../src-preload/contract/alerts.ts'
import type { Clock } from '../../../clock.ts'
import type { Log } from '../../../storage/log.ts'
import { type AlertMessage, detailLines, headline, payloadOf, summaryHeadline, summaryLines } from '../alertMessage.ts'
import { type AlertSender, notSent, sent } from './sender.ts'

/** What one message or a summary says in two parts. */
function textOf(messages: readonly AlertMessage[]): { title: string; lines: string[] } {
  const [first] = messages
  return messages.length === 1 && first
    ? { title: headline(first), lines: detailLines(first) }
    : { title: summaryHeadline(messages), lines: summaryLines(messages) }
}

/** Shows a notification of the desktop; rejects or answers with a sentence where it cannot. */
export type NotifyDesktop = (title: string, body: string) => Promise<void>

export function createDesktopSender(notify: NotifyDesktop | null): AlertSender {
  return {
    lacks: () => (notify ? '' : 'This program runs without a desktop: the notification needs the desktop program.'),
    async send(messages) {
      if (!notify) return notSent('There is no desktop here.', true)
      const { title, lines } = textOf(messages)
      try {
        await notify(title, lines.slice(0, 4).join('\n'))
        return sent('The notification was handed to the desktop.')
      } catch (error) {
        return notSent(`The desktop took no notification: ${(error as Error).message}.`, true)
      }
    }
  }
}

const logLevelOf = { info: 'info', warning: 'warning', critical: 'error', emergency: 'critical' } as const

export function createLogSender(log: Log): AlertSender {
  return {
    lacks: () => '',
    async send(messages) {
      for (const { kind, alert } of messages)
        log[kind === 'raised' ? logLevelOf[alert.severity] : 'info'](
          kind === 'raised' ? 'alert_raised' : kind === 'resolved' ? 'alert_resolved' : 'alert_test',
          {
            alert: alert.id,
            rule: alert.ruleId,
            severity: alert.severity,
            about: alert.component,
            title: alert.title,
            value: alert.value,
            threshold: alert.threshold,
            count: alert.count
          }
        )
      return sent(`${messages.length === 1 ? 'One line was' : `${messages.length} lines were`} logged.`)
    }
  }
}

export function createConsoleSender(write: ((line: string) => void) | null, clock: Clock): AlertSender {
  return {
    lacks: () => (write ? '' : 'This program has no console: it was not started by `serve`.'),
    async send(messages) {
      if (!write) return notSent('There is no console here.', true)
      const { title, lines } = textOf(messages)
      const at = new Date(clock.nowMs()).toISOString().slice(0, 19)
      write(`${at}Z ALERT ${title}${lines.length > 0 ? ` | ${lines.join(' | ')}` : ''}`)
      return sent('A line was written to standard error.')
    }
  }
}

export function createSocketSender(
  broadcast: (payload: AlertPayload) => void,
  memoryUsageMb: () => number | null,
  clock: Clock
): AlertSender {
  return {
    lacks: () => '',
    async send(messages) {
      broadcast(payloadOf(messages, memoryUsageMb(), clock.nowMs()))
      return sent('The event went to everyone who is connected.')
    }
  }
}

/** In the windows: a banner that stays until it is read. */
export function createInAppSender(show: (messages: readonly AlertMessage[]) => void): AlertSender {
  return {
    lacks: () => '',
    async send(messages) {
      show(messages)
      return sent('Shown in every open window.')
    }
  }
}
