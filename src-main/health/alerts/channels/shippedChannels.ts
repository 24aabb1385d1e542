import { alertChannel, type AlertChannel } from '../../../../src-preload/contract/alertChannels.ts'
import { alertSeverities, type AlertSeverity } from '../../../../src-preload/contract/alerts.ts'

const from = (least: AlertSeverity): AlertSeverity[] => alertSeverities.slice(alertSeverities.indexOf(least))

/**
 * One of each kind. By severity: a warning is shown and logged, what is critical goes to Slack as well, an emergency by
 * e-mail too. What needs an address is off until it has one.
 */
export const shippedChannels = (): AlertChannel[] =>
  [
    {
      id: 'in-app',
      name: 'In the program',
      isEnabled: true,
      severities: from('warning'),
      settings: { kind: 'in-app' }
    },
    {
      id: 'desktop',
      name: 'Desktop notification',
      isEnabled: true,
      severities: from('critical'),
      settings: { kind: 'desktop' }
    },
    { id: 'log', name: 'Log', isEnabled: true, severities: from('info'), settings: { kind: 'log' } },
    { id: 'console', name: 'Console', isEnabled: true, severities: from('warning'), settings: { kind: 'console' } },
    { id: 'websocket', name: 'WebSocket', isEnabled: true, severities: from('info'), settings: { kind: 'websocket' } },
    { id: 'slack', name: 'Slack', isEnabled: false, severities: from('critical'), settings: { kind: 'slack' } },
    { id: 'email', name: 'E-mail', isEnabled: false, severities: from('emergency'), settings: { kind: 'email' } },
    { id: 'webhook', name: 'Webhook', isEnabled: false, severities: from('critical'), settings: { kind: 'webhook' } },
    {
      id: 'pagerduty',
      name: 'PagerDuty',
      isEnabled: false,
      severities: from('critical'),
      settings: { kind: 'pagerduty' }
    },
    {
      id: 'command',
      name: 'Own handler',
      isEnabled: false,
      severities: from('critical'),
      settings: { kind: 'command' }
    }
  ].map((channel) => alertChannel.parse(channel))
