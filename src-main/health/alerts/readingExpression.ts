/**
 * Arithmetic over readings, read into a tree and walked: nothing of it is ever run as code.
 *
 *     sum     = product (('+' | '-') product)*
 *     product = factor (('*' | '/') factor)*
 *     factor  = number | '-' factor | '(' sum ')' | 'rate' '(' reading (',' seconds)? ')' | reading
 *     reading = name ('{' label '=' '"text"' (',' …)* '}')?
 */
export type Expression =
  | { kind: 'number'; value: number }
  | { kind: 'reading'; name: string; labels: Record<string, string> }
  | { kind: 'rate'; name: string; labels: Record<string, string>; windowS: number }
  | { kind: 'operation'; operator: '+' | '-' | '*' | '/'; left: Expression; right: Expression }

export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
}

export interface ExpressionValues {
  /** Sum over the series that match; null where there is none. */
  sum(name: string, labels: Record<string, string>): number | null
  rate(name: string, labels: Record<string, string>, windowS: number): number | null
}

/** Brackets and minus signs beyond this depth are refused, so that no text can exhaust the stack. */
const depthMax = 50
const token = /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_:][A-Za-z0-9_:]*)|"((?:[^"\\]|\\.)*)"|([-+*/(){},=]))/y

type Token = { kind: 'number'; value: number } | { kind: 'name' | 'text' | 'sign'; text: string }

function tokens(text: string): Token[] {
  const found: Token[] = []
  token.lastIndex = 0
  const end = text.trimEnd().length
  while (token.lastIndex < end) {
    const at = token.lastIndex
    const match = token.exec(text)
    if (!match) throw new ExpressionError(`"${text.slice(at).trim().slice(0, 20)}" is not understood`)
    const [, number, name, quoted, sign] = match
    if (number !== undefined) found.push({ kind: 'number', value: Number(number) })
    else if (name !== undefined) found.push({ kind: 'name', text: name })
    else if (quoted !== undefined) found.push({ kind: 'text', text: quoted.replace(/\\(.)/g, '$1') })
    else found.push({ kind: 'sign', text: sign! })
  }
  return found
}

/** Throws an `ExpressionError` with what is wrong. */
export function parseExpression(text: string): Expression {
  const all = tokens(text)
  let next = 0
  let depth = 0

  const isSign = (...signs: string[]): boolean => {
    const ahead = all[next]
    return ahead?.kind === 'sign' && signs.includes(ahead.text)
  }
  const take = (sign: string): void => {
    if (!isSign(sign)) throw new ExpressionError(`"${sign}" is missing${next >= all.length ? ' at the end' : ''}`)
    next++
  }

  function labelsAhead(): Record<string, string> {
    const labels: Record<string, string> = {}
    if (!isSign('{')) return labels
    next++
    while (!isSign('}')) {
      const name = all[next++]
      if (name?.kind !== 'name') throw new ExpressionError('a label is missing inside { }')
      take('=')
      const value = all[next++]
      if (value?.kind !== 'text') throw new ExpressionError(`the value of the label "${name.text}" is not in quotes`)
      labels[name.text] = value.text
      if (!isSign('}')) take(',')
    }
    next++
    return labels
  }

  function factor(): Expression {
    if (++depth > depthMax) throw new ExpressionError('it is nested too deeply')
    try {
      const ahead = all[next++]
      if (!ahead) throw new ExpressionError('something is missing at the end')
      if (ahead.kind === 'number') return ahead
      if (ahead.kind === 'sign' && ahead.text === '-')
        return { kind: 'operation', operator: '-', left: { kind: 'number', value: 0 }, right: factor() }
      if (ahead.kind === 'sign' && ahead.text === '(') {
        const inner = sum()
        take(')')
        return inner
      }
      if (ahead.kind !== 'name') throw new ExpressionError(`"${ahead.text}" stands where a value should`)
      if (ahead.text !== 'rate' || !isSign('(')) return { kind: 'reading', name: ahead.text, labels: labelsAhead() }
      next++
      const name = all[next++]
      if (name?.kind !== 'name') throw new ExpressionError('rate( ) names no reading')
      const labels = labelsAhead()
      let windowS = 60
      if (isSign(',')) {
        next++
        const given = all[next++]
        if (given?.kind !== 'number' || given.value < 2 || given.value > 86_400)
          throw new ExpressionError('rate( ) goes over 2 to 86 400 seconds')
        windowS = given.value
      }
      take(')')
      return { kind: 'rate', name: name.text, labels, windowS }
    } finally {
      depth--
    }
  }

  function chain(part: () => Expression, ...operators: ('+' | '-' | '*' | '/')[]): Expression {
    let left = part()
    while (isSign(...operators)) {
      const operator = (all[next++] as { text: '+' | '-' | '*' | '/' }).text
      left = { kind: 'operation', operator, left, right: part() }
    }
    return left
  }
  const product = (): Expression => chain(factor, '*', '/')
  const sum = (): Expression => chain(product, '+', '-')

  const whole = sum()
  if (next < all.length) {
    const rest = all[next]!
    throw new ExpressionError(`"${rest.kind === 'number' ? rest.value : rest.text}" stands where an operator should`)
  }
  return whole
}

/** Null where a reading is not there or a division is by zero. */
export function evaluate(expression: Expression, values: ExpressionValues): number | null {
  if (expression.kind === 'number') return expression.value
  if (expression.kind === 'reading') return values.sum(expression.name, expression.labels)
  if (expression.kind === 'rate') return values.rate(expression.name, expression.labels, expression.windowS)
  const left = evaluate(expression.left, values)
  const right = evaluate(expression.right, values)
  if (left === null || right === null) return null
  const { operator } = expression
  const result =
    operator === '+' ? left + right : operator === '-' ? left - right : operator === '*' ? left * right : left / right
  return Number.isFinite(result) ? result : null
}

/** The readings that it needs, each once. */
export function readingsOf(expression: Expression): { name: string; labels: Record<string, string> }[] {
  if (expression.kind === 'number') return []
  if (expression.kind !== 'operation') return [{ name: expression.name, labels: expression.labels }]
  const all = [...readingsOf(expression.left), ...readingsOf(expression.right)]
  const known = new Set<string>()
  return all.filter((one) => {
    const text = JSON.stringify(one)
    if (known.has(text)) return false
    known.add(text)
    return true
  })
}
