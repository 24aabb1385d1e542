/** Paths that other monitoring programs have for the same: answered with 404 and the one path that there is. */
const known: readonly (readonly [RegExp, string])[] = [
  [/^\/api\/health\/?$/, '/health'],
  [/^\/api\/v\d+\/health\/?$/, '/health'],
  [/^\/healthz?\/(?:live|ready)?\/?$|^\/healthz$|^\/livez$|^\/readyz$|^\/status\/?$/, '/health'],
  [/^\/api\/metrics\/current\/?$/, '/api/v1/metrics'],
  [/^\/api\/metrics\/history\/?$|^\/api\/v1\/metrics\/history\/?$/, '/health/metrics/history'],
  [/^\/api\/metrics\/?$/, '/api/v1/metrics'],
  [/^\/system\/memory(?:\/.*)?$|^\/metrics\/memory\/?$|^\/api\/memory\/?$/, '/health/memory'],
  [/^\/api\/v\d+\/performance\/metrics(?:\/summary)?\/?$/, '/api/v1/metrics'],
  [/^\/api\/v\d+\/alerts\/?$|^\/api\/alerts\/?$/, '/api/v1/alerts'],
  [/^\/ws(?:\/.*)?$|^\/api\/v\d+\/ws\/?$/, '/api/v1/live (web socket)'],
  [/^\/api\/v1\/sla\/?$/, '/api/v1/sla/status'],
  [/^\/openapi\.(?:json|ya?ml)$|^\/api\/(?:docs|openapi\.json)$/, '/api/v1/openapi.json']
]

/** The path that is meant; null where none is known. */
export function rightPath(path: string, paths: readonly string[]): string | null {
  const listed = known.find(([pattern]) => pattern.test(path))
  if (listed) return listed[1]
  const plain = path.replace(/\/+$/, '').toLowerCase()
  return paths.find((one) => one.toLowerCase() === plain && one !== path) ?? null
}
