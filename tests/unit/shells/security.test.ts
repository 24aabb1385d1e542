import { describe, expect, it } from 'vitest'
import { connectOrigins, securityHeaders } from '../../../src-preload/contract/security.ts'

describe('security headers of both shells', () => {
  const policy = securityHeaders()['content-security-policy']!

  it('name every directive that matters, and allow nothing unsafe', () => {
    const directives = Object.fromEntries(
      policy.split('; ').map((part) => [part.slice(0, part.indexOf(' ')), part.slice(part.indexOf(' ') + 1)])
    )
    expect(directives).toMatchObject({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'connect-src': "'self'",
      'object-src': "'none'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'"
    })
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
  })

  it('let a window reach a remote core and nothing else', () => {
    const origins = connectOrigins('https://core.example:4870/path#token=x')!
    expect(origins).toEqual(['https://core.example:4870', 'wss://core.example:4870'])
    expect(securityHeaders(origins)['content-security-policy']).toContain(
      "connect-src 'self' https://core.example:4870 wss://core.example:4870"
    )
    expect(connectOrigins('javascript:alert(1)')).toBeNull()
    expect(connectOrigins('core.example')).toBeNull()
  })
})
