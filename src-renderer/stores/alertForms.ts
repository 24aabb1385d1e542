import { type AlertChannel, type AlertChannelKind } from '../../src-preload/contract/alertChannels.ts'
import {
  alertSeverities,
  type AlertConditionKind,
  type AlertRule,
  comparisons,
  seriesCombinations
} from '../../src-preload/contract/alerts.ts'
import type { TypedField } from './typedForm.ts'

const choices = (values: readonly string[]): [string, string][] => values.map((value) => [value, value])

export const conditionNames: Record<AlertConditionKind, string> = {
  threshold: 'A reading is beyond a value',
  rate: 'A reading rises or falls too fast',
  silence: 'A reading is missing or stays the same',
  expression: 'A formula over readings',
  finding: 'What the program finds'
}

const reading: TypedField[] = [
  { path: 'condition.reading', label: 'Reading', input: 'text', hint: 'wavefall_stream_silence_seconds' },
  { path: 'condition.labels', label: 'Only with labels', input: 'labels', hint: 'job=job-1' }
]
const over: TypedField = {
  path: 'condition.over',
  label: 'Of several series',
  input: 'choice',
  choices: seriesCombinations.map((name) => [name, name === 'each' ? 'each by itself' : `their ${name}`])
}
const limit: TypedField[] = [
  { path: 'condition.compare', label: 'Is', input: 'choice', choices: choices(comparisons) },
  { path: 'condition.value', label: 'Value', input: 'number' },
  {
    path: 'condition.clearValue',
    label: 'Over again at',
    input: 'number',
    isOptional: true,
    hint: 'the same value'
  }
]

const conditionFields: Record<AlertConditionKind, TypedField[]> = {
  threshold: [
    ...reading,
    over,
    ...limit,
    { path: 'condition.averageS', label: 'Mean over', input: 'number', unit: 's' }
  ],
  rate: [
    ...reading,
    over,
    ...limit.map((field) => (field.path === 'condition.value' ? { ...field, unit: 'a second' } : field)),
    { path: 'condition.windowS', label: 'Measured over', input: 'number', unit: 's' }
  ],
  silence: [
    ...reading,
    {
      path: 'condition.mode',
      label: 'It',
      input: 'choice',
      choices: [
        ['missing', 'is missing'],
        ['unchanged', 'stays the same']
      ]
    }
  ],
  expression: [
    {
      path: 'condition.expression',
      label: 'Formula',
      input: 'long',
      hint: 'rate(wavefall_log_lines_total, 60) * 60'
    },
    ...limit,
    { path: 'condition.unit', label: 'Unit', input: 'text' }
  ],
  finding: [
    { path: 'condition.finding', label: 'Finding', input: 'text', hint: 'memory-level' },
    {
      path: 'condition.endsAfterS',
      label: 'Shown as open for',
      input: 'number',
      isOptional: true,
      unit: 's',
      hint: 'until it is over'
    }
  ]
}

/** The lines of the form of a rule with such a condition. */
export const ruleFields = (kind: AlertConditionKind): TypedField[] => [
  { path: 'title', label: 'Title', input: 'text' },
  { path: 'description', label: 'What to do', input: 'long' },
  { path: 'component', label: 'Component', input: 'text' },
  {
    path: 'severity',
    label: 'Severity',
    input: 'choice',
    ...(kind === 'finding' ? { isOptional: true } : {}),
    choices: [...(kind === 'finding' ? [['', 'as it is found'] as const] : []), ...choices(alertSeverities)]
  },
  ...conditionFields[kind],
  { path: 'forS', label: 'Holds for', input: 'number', unit: 's' },
  { path: 'clearForS', label: 'Over for', input: 'number', unit: 's' },
  { path: 'repeatS', label: 'Told again after', input: 'number', unit: 's' },
  { path: 'inARow', label: 'Times in a row', input: 'number' },
  { path: 'channels', label: 'Channels', input: 'lines', isOptional: true, hint: 'those that take its severity' }
]

const conditionStarts: Record<AlertConditionKind, Record<string, unknown>> = {
  threshold: { reading: '', labels: {}, over: 'each', compare: 'above', value: 0, clearValue: null, averageS: 0 },
  rate: { reading: '', labels: {}, over: 'each', compare: 'above', value: 0, clearValue: null, windowS: 60 },
  silence: { reading: '', labels: {}, mode: 'missing' },
  expression: { expression: '', compare: 'above', value: 0, clearValue: null, unit: '' },
  finding: { finding: '', only: null, endsAfterS: null }
}

/** The same rule with a condition of another kind, as far as what was said fits. */
export function withConditionKind(rule: object, kind: AlertConditionKind): object {
  const before = (rule as { condition: Record<string, unknown> }).condition
  const start = conditionStarts[kind]
  const kept = Object.entries(before).filter(([name]) => name in start)
  return { ...rule, condition: { ...start, ...Object.fromEntries(kept), kind } }
}

/** What a new rule starts with. */
export const newRule = (id: string): AlertRule => ({
  id,
  title: '',
  description: '',
  component: 'streams',
  severity: 'warning',
  isEnabled: true,
  condition: { kind: 'threshold', ...conditionStarts.threshold } as AlertRule['condition'],
  forS: 10,
  clearForS: 10,
  repeatS: 300,
  inARow: 1,
  channels: null
})

const caFile: TypedField = {
  path: 'settings.caFile',
  label: 'CA file',
  input: 'text',
  isOptional: true,
  hint: 'those of the system'
}
const picture: TypedField = { path: 'settings.withPicture', label: 'Attach the waterfall', input: 'yes or no' }

const settingFields: Record<AlertChannelKind, TypedField[]> = {
  'in-app': [],
  desktop: [],
  log: [],
  console: [],
  websocket: [],
  webhook: [
    {
      path: 'settings.address',
      label: 'Address',
      input: 'text',
      isOptional: true,
      hint: 'https://… ; as a secret below where it holds one'
    },
    picture,
    caFile
  ],
  slack: [{ path: 'settings.channel', label: 'Slack channel', input: 'text', hint: 'that of the webhook' }, caFile],
  email: [
    { path: 'settings.host', label: 'Mail server', input: 'text', hint: 'mail.example.org' },
    { path: 'settings.port', label: 'Port', input: 'number' },
    {
      path: 'settings.tls',
      label: 'TLS',
      input: 'choice',
      choices: choices(['required', 'from the start', 'none'])
    },
    { path: 'settings.user', label: 'User', input: 'text', hint: 'no log-in' },
    { path: 'settings.from', label: 'From', input: 'text', hint: 'the user' },
    { path: 'settings.recipients', label: 'Recipients', input: 'lines', hint: 'one a line' },
    picture,
    caFile
  ],
  pagerduty: [
    { path: 'settings.service', label: 'Service', input: 'text' },
    { path: 'settings.address', label: 'Address', input: 'text' },
    caFile
  ],
  command: [
    { path: 'settings.file', label: 'File in alert-handlers', input: 'text', hint: 'page-me.sh' },
    { path: 'settings.timeoutS', label: 'Ended after', input: 'number', unit: 's' }
  ]
}

/** The lines of the form of a channel. */
export const channelFields = ({ settings }: AlertChannel): TypedField[] => [
  { path: 'name', label: 'Name', input: 'text' },
  ...settingFields[settings.kind],
  { path: 'tellsResolved', label: 'Tell also that it is over', input: 'yes or no' }
]

export const secretLabels: Record<string, string> = {
  address: 'Secret address',
  authorization: 'Authorization header',
  password: 'Password',
  key: 'Integration key'
}
