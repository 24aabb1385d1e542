/**
 * The security headers of both shells, from one table. Nothing is loaded from elsewhere, nothing inline is run, nobody may
 * frame the program. `connect-src 'self'` covers the web socket of the same host.
 */
const contentSecurityPolicy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'font-src': ["'self'"],
  'worker-src': ["'self'"],
  'media-src': ["'none'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-src': ["'none'"],
  'frame-ancestors': ["'none'"]
} as const

/** Origin of the desktop's windows: a scheme of our own, so that no page of a browser can ever share it. */
export const desktopScheme = 'wavefall'
export const desktopHost = 'app'
export const desktopOrigin = `${desktopScheme}://${desktopHost}`

/** `connectTo`: further origins that the window talks to (`--connect`: the remote core, by http and by web socket). */
export function securityHeaders(connectTo: string[] = []): Record<string, string> {
  const policy = { ...contentSecurityPolicy, 'connect-src': ["'self'", ...connectTo] }
  return {
    'content-security-policy': Object.entries(policy)
      .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
      .join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), midi=(), payment=()'
  }
}

/** The origins under which a remote core is reached, for `securityHeaders`; null where the text is no such address. */
export function connectOrigins(url: string): string[] | null {
  if (!URL.canParse(url)) return null
  const { protocol, host } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') return null
  return [`${protocol}//${host}`, `${protocol === 'https:' ? 'wss' : 'ws'}://${host}`]
}
