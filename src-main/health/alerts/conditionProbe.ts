import type { AlertCondition } from '../../../src-preload/contract/alerts.ts'
import { evaluate, type Expression, ExpressionError, parseExpression, readingsOf } from './readingExpression.ts'
import { type Series, seriesKey } from './seriesKey.ts'
import { SeriesMeans, SeriesRates } from './seriesRates.ts'

/** All readings at one time, now or in the past. */
export interface ReadingsAt {
  select(name: string, labels: Record<string, string>): Series[]
  isCounter(name: string): boolean
}

/** One series as a condition sees it. */
export interface Observation {
  labels: Record<string, string>
  value: number
  /** Beyond the value. */
  holds: boolean
  /** Not yet back behind where it counts as over. */
  isBeyondClear: boolean
}

export interface ConditionProbe {
  /** `atMs` must not go back; it is what rates are measured against. */
  observe(readings: ReadingsAt, atMs: number): Observation[]
}

export interface ReadingWish {
  name: string
  labels: Record<string, string>
}

/** The readings that a condition needs; none for findings, and where an expression cannot be read. */
export function readingsFor(condition: AlertCondition): ReadingWish[] {
  if (condition.kind === 'finding') return []
  if (condition.kind !== 'expression') return [{ name: condition.reading, labels: condition.labels }]
  const parsed = expressionOf(condition.expression)
  return parsed instanceof ExpressionError ? [] : readingsOf(parsed)
}

export function expressionOf(text: string): Expression | ExpressionError {
  try {
    return parseExpression(text)
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw error
  }
}

function combined(series: Series[], over: 'each' | 'sum' | 'mean' | 'least' | 'greatest'): Series[] {
  if (over === 'each' || series.length === 0) return series
  let sum = 0
  let least = Infinity
  let greatest = -Infinity
  for (const { value } of series) {
    sum += value
    least = Math.min(least, value)
    greatest = Math.max(greatest, value)
  }
  const value = { sum, mean: sum / series.length, least, greatest }[over]
  return [{ labels: {}, value }]
}

type Limited = Extract<AlertCondition, { compare: unknown }>

function compared({ compare, value: limit, clearValue }: Limited, { labels, value }: Series): Observation {
  const clear = clearValue ?? limit
  return compare === 'above'
    ? { labels, value, holds: value > limit, isBeyondClear: value > clear }
    : { labels, value, holds: value < limit, isBeyondClear: value < clear }
}

function expressionProbe(condition: Extract<AlertCondition, { kind: 'expression' }>): ConditionProbe {
  const expression = expressionOf(condition.expression)
  if (expression instanceof ExpressionError) return { observe: () => [] }
  const rates = new Map<string, SeriesRates>()
  return {
    observe(readings, atMs) {
      const sum = (series: Series[]): number | null =>
        series.length === 0 ? null : series.reduce((total, one) => total + one.value, 0)
      const value = evaluate(expression, {
        sum: (name, labels) => sum(readings.select(name, labels)),
        rate(name, labels, windowS) {
          const key = `${name}\u0003${windowS}\u0003${seriesKey(labels)}`
          const known = rates.get(key) ?? new SeriesRates(windowS)
          rates.set(key, known)
          return sum(known.step(readings.select(name, labels), readings.isCounter(name), atMs))
        }
      })
      return value === null ? [] : [compared(condition, { labels: {}, value })]
    }
  }
}

function unchangedProbe(condition: Extract<AlertCondition, { kind: 'silence' }>): ConditionProbe {
  let before = new Map<string, number>()
  return {
    observe(readings) {
      const now = new Map<string, number>()
      const seen = readings.select(condition.reading, condition.labels).map(({ labels, value }) => {
        const key = seriesKey(labels)
        now.set(key, value)
        const holds = before.get(key) === value
        return { labels, value, holds, isBeyondClear: holds }
      })
      before = now
      return seen
    }
  }
}

/** Looks at readings as a condition says. Keeps what it must remember of them (rates, last values). */
export function createConditionProbe(condition: AlertCondition): ConditionProbe {
  switch (condition.kind) {
    case 'finding':
      return { observe: () => [] }
    case 'expression':
      return expressionProbe(condition)
    case 'threshold': {
      const means = condition.averageS > 0 ? new SeriesMeans(condition.averageS) : null
      return {
        observe(readings, atMs) {
          const series = combined(readings.select(condition.reading, condition.labels), condition.over)
          return (means ? means.step(series, atMs) : series).map((one) => compared(condition, one))
        }
      }
    }
    case 'rate': {
      const rates = new SeriesRates(condition.windowS)
      return {
        observe(readings, atMs) {
          const series = readings.select(condition.reading, condition.labels)
          const risen = rates.step(series, readings.isCounter(condition.reading), atMs)
          return combined(risen, condition.over).map((one) => compared(condition, one))
        }
      }
    }
    case 'silence':
      if (condition.mode === 'unchanged') return unchangedProbe(condition)
      return {
        observe(readings) {
          const holds = readings.select(condition.reading, condition.labels).length === 0
          return [{ labels: condition.labels, value: holds ? 0 : 1, holds, isBeyondClear: holds }]
        }
      }
  }
}
