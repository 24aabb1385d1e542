import { describe, expect, it } from 'vitest'
import {
  evaluate,
  ExpressionError,
  parseExpression,
  readingsOf
} from '../../../src-main/health/alerts/readingExpression.ts'

const values: Record<string, number> = { requests_total: 200, errors_total: 10, zero: 0, 'cpu{process="core"}': 0.5 }
const reader = {
  sum: (name: string, labels: Record<string, string>) => {
    const [label] = Object.entries(labels)
    return values[label ? `${name}{${label[0]}="${label[1]}"}` : name] ?? null
  },
  rate: (name: string, _labels: Record<string, string>, windowS: number) =>
    values[name] === undefined ? null : values[name] / windowS
}
const result = (text: string): number | null => evaluate(parseExpression(text), reader)

describe('expressions over readings', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['12 / 4 / 3', 1],
    ['-2 * -(3 + 1)', 8],
    ['1.5e2 + 0.5', 150.5],
    ['errors_total / requests_total * 100', 5],
    ['rate(requests_total, 20) * 2', 20],
    ['rate(requests_total)', 200 / 60],
    ['cpu{process="core"} * 100', 50]
  ])('%s', (text, expected) => expect(result(text)).toBeCloseTo(expected, 12))

  it('knows nothing where a reading is missing or a division is by zero', () => {
    expect(result('1 + nowhere')).toBeNull()
    expect(result('errors_total / zero')).toBeNull()
    expect(result('cpu{process="other"}')).toBeNull()
  })

  it.each([
    ['', 'something is missing at the end'],
    ['1 +', 'something is missing at the end'],
    ['(1', '")" is missing at the end'],
    ['1 2', 'stands where an operator should'],
    ['a{b=c}', 'not in quotes'],
    ['rate(5)', 'names no reading'],
    ['rate(a, 1)', '2 to 86 400'],
    ['process.exit(1)', 'not understood'],
    ['a; b', 'not understood'],
    ['`x`', 'not understood']
  ])('%s is refused: %s', (text, reason) => {
    expect(() => parseExpression(text)).toThrow(ExpressionError)
    expect(() => parseExpression(text)).toThrow(reason)
  })

  it('refuses what is nested without end, whatever the depth', () => {
    expect(() => parseExpression('('.repeat(100_000) + '1')).toThrow(ExpressionError)
    expect(() => parseExpression('-'.repeat(100_000) + '1')).toThrow('nested too deeply')
  })

  it('names every reading once', () => {
    expect(readingsOf(parseExpression('rate(a, 10) / (a + b{c="d"}) * a'))).toEqual([
      { name: 'a', labels: {} },
      { name: 'b', labels: { c: 'd' } }
    ])
  })
})
