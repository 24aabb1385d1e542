import { expect, test, vi } from 'vitest'
import { isOwnText } from '../../../src-main/desktop/hardening.ts'

vi.mock('electron', () => ({}))

test.each([
  ['blob:wavefall://app/0b5f', 'text/csv', 1000, true],
  ['blob:wavefall://app/0b5f', 'application/json', 1000, true],
  ['blob:wavefall://app/0b5f', 'application/x-msdownload', 1000, false],
  ['blob:wavefall://app/0b5f', 'text/csv', 1e9, false],
  ['blob:https://elsewhere.example/0b5f', 'text/csv', 1000, false],
  ['https://elsewhere.example/marks.csv', 'text/csv', 1000, false],
  ['wavefall://app/marks.csv', 'text/csv', 1000, false],
  ['blob:', 'text/csv', 1000, false]
])('only a text of the own page is saved: %s as %s, %d bytes', (address, type, bytes, isSaved) => {
  expect(isOwnText(address, type, bytes)).toBe(isSaved)
})
