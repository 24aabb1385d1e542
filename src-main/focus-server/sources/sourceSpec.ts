import { failure, ok, type Result } from '../../../src-preload/contract/errors.ts'
import { simulatedFibreChoices, simulatedFibreLimits, type SimulatedFibreOptions } from './simulation/fibre.ts'
import type { Fault } from './source.ts'

/** What `--source` asks for. */
export type SourceSpec =
  | { kind: 'simulated'; options: SimulatedFibreOptions }
  | { kind: 'recording'; path: string }
  | { kind: 'silent' }
  | { kind: 'faulty'; options: SimulatedFibreOptions; faults: Fault[] }

const optionOfKey: Record<string, keyof typeof simulatedFibreLimits> = {
  channels: 'channels',
  prr: 'prrHz',
  spacing: 'spacingM',
  seed: 'seed',
  start: 'startDistanceM'
}
const choiceOfKey: Record<string, keyof typeof simulatedFibreChoices> = { dtype: 'elementType', scene: 'scene' }
const optionKeys = [...Object.keys(optionOfKey), ...Object.keys(choiceOfKey)]

/** Whether the fault lasts, or happens at one instant. */
const faultLasts: Record<Fault['kind'], boolean> = {
  stall: true,
  gap: true,
  nan: true,
  'port-delay': true,
  cut: false,
  shape: false
}

const longestS = 86_400
const numberPattern = '\\d+(?:\\.\\d+)?'
const faultPattern = new RegExp(`^([a-z-]+)(?:=(${numberPattern}))?(?:@(${numberPattern}))?(?:/(${numberPattern}))?$`)

/**
 * Reads `simulated[:channels=2222,prr=2000,spacing=1.02,seed=7,start=0,dtype=int16,scene=road]`, `silent`,
 * `faulty:KIND[=SECONDS][@AT][/EVERY],…[,channels=…]` or a recording's path (`./silent` for a file of that name).
 * A failure says which part is wrong and what would be right.
 */
export function parseSourceSpec(text: string): Result<SourceSpec> {
  const trimmed = text.trim()
  if (trimmed === '') return wrong(text, 'is empty; write simulated, silent, faulty:… or the path of a recording')
  const match = /^(simulated|silent|faulty)(?::(.*))?$/s.exec(trimmed)
  if (!match) return ok({ kind: 'recording', path: trimmed })
  const [, kind, rest] = match
  const parts = rest === undefined ? [] : rest.split(',').map((part) => part.trim())
  if (kind === 'silent') {
    return rest === undefined ? ok({ kind: 'silent' }) : wrong(text, 'silent takes no options')
  }
  if (parts.includes('')) return wrong(text, 'has an empty part between its commas')

  const options: SimulatedFibreOptions = {}
  const faults: Fault[] = []
  for (const part of parts) {
    const key = part.split('=', 1)[0]!
    const problem = Object.hasOwn(optionOfKey, key)
      ? readOption(part, options)
      : Object.hasOwn(choiceOfKey, key)
        ? readChoice(part, options)
        : kind === 'faulty'
          ? readFault(part, faults)
          : `“${part}” is no option of simulated; there are ${optionKeys.join(', ')}`
    if (problem) return wrong(text, problem)
  }
  if (kind === 'simulated') return ok({ kind: 'simulated', options })
  if (faults.length === 0) {
    return wrong(text, `names no fault; there are ${Object.keys(faultLasts).join(', ')}, as in faulty:stall=3@10`)
  }
  return ok({ kind: 'faulty', options, faults })
}

function wrong(text: string, problem: string): ReturnType<typeof failure> {
  return failure('invalid', `Source “${text}”: ${problem}.`)
}

/** Null when it was read. */
function readOption(part: string, options: SimulatedFibreOptions): string | null {
  const [key, valueText, ...more] = part.split('=')
  const option = optionOfKey[key!]!
  const { min, max, integer } = simulatedFibreLimits[option]
  const value = valueText === undefined || valueText.trim() === '' || more.length > 0 ? Number.NaN : Number(valueText)
  if (!(value >= min && value <= max) || (integer && !Number.isInteger(value))) {
    return `“${part}” should be ${key}= and a ${integer ? 'whole ' : ''}number from ${min} to ${max}`
  }
  if (options[option] !== undefined) return `${key} is given twice`
  options[option] = value
  return null
}

function readChoice(part: string, options: SimulatedFibreOptions): string | null {
  const [key, value, ...more] = part.split('=')
  const option = choiceOfKey[key!]!
  const choices: readonly string[] = simulatedFibreChoices[option]
  if (value === undefined || more.length > 0 || !choices.includes(value))
    return `“${part}” should be ${key}= and one of ${choices.join(', ')}`
  if (options[option] !== undefined) return `${key} is given twice`
  Object.assign(options, { [option]: value })
  return null
}

function readFault(part: string, faults: Fault[]): string | null {
  const match = faultPattern.exec(part)
  if (!match) return `“${part}” is no fault; one is written KIND=SECONDS@AT/EVERY, as in gap=0.5@5/20`
  const [, kindText, durationText, atText, everyText] = match
  if (!Object.hasOwn(faultLasts, kindText!)) {
    return `“${part}”: there is no fault “${kindText}”; there are ${Object.keys(faultLasts).join(', ')}`
  }
  const kind = kindText as Fault['kind']
  if (faultLasts[kind] && durationText === undefined) return `“${part}” needs how long it lasts, as in ${kind}=3`
  if (!faultLasts[kind] && durationText !== undefined) return `“${part}”: ${kind} has no duration; write ${kind}@30`
  if (kind === 'port-delay' && (atText !== undefined || everyText !== undefined)) {
    return `“${part}”: port-delay takes seconds alone, as in port-delay=5`
  }
  const durationS = Number(durationText ?? 0)
  const atS = Number(atText ?? 0)
  const everyS = everyText === undefined ? null : Number(everyText)
  if (faultLasts[kind] && durationS === 0) return `“${part}” lasts no time`
  if (Math.max(durationS, atS, everyS ?? 0) > longestS) return `“${part}” goes beyond ${longestS} s`
  if (everyS !== null && everyS <= durationS) return `“${part}” comes again before it is over`
  faults.push({ kind, atS, durationS, everyS })
  return null
}
