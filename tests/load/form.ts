/**
 * `npm run load` runs every scenario in full; `npm test` in a short form, in which only what no busy machine may change is
 * demanded: nothing lost, all accounted for, memory bounded, recovery. Times are demanded in full form alone.
 */
export const isFull = process.env.WAVEFALL_LOAD === 'full'

export const form = <Value>(full: Value, short: Value): Value => (isFull ? full : short)

export interface LoadLine {
  what: string
  figure: string
  target: string
  meets: boolean
}

/** One line of the table that `npm run load` prints, through the reporter's standard output. */
export function record({ what, figure, target, meets }: LoadLine): void {
  process.stdout.write(`LOAD | ${what} | ${figure} | ${target} | ${meets ? 'met' : 'MISSED'} |\n`)
}
