import { describe, expect, test } from 'vitest'
import { isExternalPage } from '../../../src-main/desktop/externalLinks.ts'
import { isTrustedSender, type SenderFrame } from '../../../src-main/desktop/senderCheck.ts'

const window = { name: 'ours' }
const trusted = (senderFrame: SenderFrame | null, sender = window): boolean =>
  isTrustedSender({ sender, senderFrame }, (contents) => contents === window)

describe('who may send', () => {
  test('our page in the main frame of our window', () => {
    expect(trusted({ url: 'wavefall://app/', parent: null })).toBe(true)
    expect(trusted({ url: 'wavefall://app/index.html?x#y', parent: null })).toBe(true)
  })

  test.each([
    ['a frame inside our page', { url: 'wavefall://app/', parent: {} }],
    ['a frame that is gone', null],
    ['another scheme', { url: 'https://app/', parent: null }],
    ['another host', { url: 'wavefall://app.example/', parent: null }],
    ['another port', { url: 'wavefall://app:81/', parent: null }],
    ['a name before the host', { url: 'wavefall://app@other/', parent: null }],
    ['a page from a file', { url: 'file:///wavefall/app/index.html', parent: null }],
    ['the empty page', { url: 'about:blank', parent: null }],
    ['no address', { url: '', parent: null }]
  ])('not %s', (_name, frame) => expect(trusted(frame)).toBe(false))

  test('not another window, whatever it shows', () => {
    expect(trusted({ url: 'wavefall://app/', parent: null }, { name: 'another' })).toBe(false)
  })
})

describe('links to the outside', () => {
  test('listed pages by https only', () => {
    expect(isExternalPage('https://www.apache.org/licenses/LICENSE-2.0')).toBe(true)
    for (const address of [
      'http://www.apache.org/licenses/LICENSE-2.0',
      'https://www.apache.org/foundation/',
      'https://www.apache.org.evil.example/licenses/',
      'https://user@www.apache.org/licenses/',
      'https://www.apache.org:8443/licenses/',
      'https://www.apache.org/licenses/../foundation/',
      'file:///etc/passwd',
      'javascript:alert(1)',
      ''
    ])
      expect(isExternalPage(address), address).toBe(false)
  })
})
