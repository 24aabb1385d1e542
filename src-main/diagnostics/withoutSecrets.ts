const secretName =
  /pass(word|phrase)?$|secret|token|api-?key|routing-?key|integration-?key|webhook|authorization|credential/i

/** What a setting that must not leave the machine is replaced by: whether it is there is not secret. */
const hidden = (value: unknown): unknown =>
  value === null || value === undefined || value === '' ? (value ?? null) : '(set, left out)'

/** Addresses may carry a user and a password; query values may be keys. */
function withoutUserinfo(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1(left out)@')
}

/** A copy of a tree without what gives access to anything: by the names of its keys, and inside of addresses. */
export function withoutSecrets(value: unknown, name = ''): unknown {
  if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, name))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner, key)]))
  }
  if (secretName.test(name)) return hidden(value)
  return typeof value === 'string' ? withoutUserinfo(value) : value
}
