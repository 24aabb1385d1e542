export type CheckLevel = 'ok' | 'warning' | 'bad'

/** One line of `doctor`. */
export interface Check {
  name: string
  level: CheckLevel
  found: string
  /** What to do; empty where nothing is to be done. */
  advice: string
}

export const good = (name: string, found: string): Check => ({ name, level: 'ok', found, advice: '' })
export const warn = (name: string, found: string, advice: string): Check => ({ name, level: 'warning', found, advice })
export const bad = (name: string, found: string, advice: string): Check => ({ name, level: 'bad', found, advice })

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
