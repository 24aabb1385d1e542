import { commandEntry, commandIds, type CommandId } from '../../../src-preload/contract/commands.ts'

/** What of a key press names a command. */
export interface KeyPress {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  shiftKey: boolean
  altKey: boolean
}

const named: Record<string, string> = { ' ': 'Space', Esc: 'Escape' }
const isLetter = (key: string): boolean => /^[a-z]$/i.test(key)

/** `Ctrl+Shift+P`, `Shift+ArrowLeft`, `?`: Shift is named only where it is not what makes the character. */
export function chordOf({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyPress): string {
  const plain = named[key] ?? (isLetter(key) ? key.toUpperCase() : key)
  const isCharacter = plain.length === 1 && !isLetter(plain)
  return [ctrlKey || metaKey ? 'Ctrl' : '', altKey ? 'Alt' : '', shiftKey && !isCharacter ? 'Shift' : '', plain]
    .filter(Boolean)
    .join('+')
}

/** Every chord with the commands it may mean, in the order of the table. */
export function chordTable(): ReadonlyMap<string, readonly CommandId[]> {
  const table = new Map<string, CommandId[]>()
  for (const id of commandIds)
    for (const chord of commandEntry(id).keys) table.set(chord, [...(table.get(chord) ?? []), id])
  return table
}

const shown: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  '-': '−',
  Delete: 'Del'
}

/** As it is printed on keys: `Shift+←`. */
export const chordText = (chord: string): string =>
  chord === '+'
    ? '+'
    : chord
        .split('+')
        .map((part) => shown[part] ?? part)
        .join('+')

export const keyTextOf = (id: CommandId): string => {
  const [first] = commandEntry(id).keys
  return first === undefined ? '' : chordText(first)
}
