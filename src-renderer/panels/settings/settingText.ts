import type { SettingDescription } from '../../../src-preload/contract/settingsForm.ts'
import { integerText } from '../../widgets/format.ts'

/** A value as it is typed; nothing stands for null. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** What is typed as a value of the setting, or one sentence that says why it is none. */
export function valueFrom(text: string, setting: SettingDescription): { value: unknown } | { problem: string } {
  const trimmed = text.trim()
  if (trimmed === '' && setting.isNullable) return { value: null }
  if (setting.kind === 'number' || setting.kind === 'integer') {
    const plain = trimmed.replace(/[\s\u202f]/g, '').replace(',', '.')
    const value = Number(plain)
    if (plain === '' || !Number.isFinite(value)) return { problem: 'Write a number.' }
    if (setting.kind === 'integer' && !Number.isInteger(value)) return { problem: 'Write a whole number.' }
    return { value }
  }
  if (setting.kind === 'list')
    return {
      value: trimmed
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean)
    }
  if (setting.kind !== 'json') return { value: trimmed }
  try {
    return { value: JSON.parse(trimmed) as unknown }
  } catch {
    return { problem: 'Write JSON.' }
  }
}

const bound = (value: number): string => (Number.isInteger(value) ? integerText(value) : String(value))

/** `50–60 000 ms, default 250`. */
export function rangeText({ minimum, maximum, unit, default: value, kind, isNullable }: SettingDescription): string {
  const withUnit = unit ? ` ${unit}` : ''
  const range =
    kind !== 'number' && kind !== 'integer'
      ? ''
      : minimum !== null && maximum !== null
        ? `${bound(minimum)}–${bound(maximum)}${withUnit}`
        : minimum !== null
          ? `at least ${bound(minimum)}${withUnit}`
          : maximum !== null
            ? `at most ${bound(maximum)}${withUnit}`
            : ''
  const shown = typeof value === 'number' ? bound(value) : textOf(value)
  const standard =
    kind === 'switch' ? `default ${value === true ? 'on' : 'off'}` : `default ${shown === '' ? 'empty' : shown}`
  return [range, standard, isNullable && shown !== '' ? 'may be empty' : ''].filter(Boolean).join(' · ')
}
