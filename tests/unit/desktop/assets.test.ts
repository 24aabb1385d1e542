import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { resolveAsset } from '../../../src-main/desktop/assets.ts'

const folder = join('/', 'program', 'renderer')

describe('addresses of the built windows', () => {
  test('name files below the folder, with their types', () => {
    expect(resolveAsset('wavefall://app/', folder)).toEqual({
      file: join(folder, 'index.html'),
      mediaType: 'text/html; charset=utf-8'
    })
    expect(resolveAsset('wavefall://app/assets/index-C3_x-9.js?v=1#x', folder)).toEqual({
      file: join(folder, 'assets', 'index-C3_x-9.js'),
      mediaType: 'text/javascript; charset=utf-8'
    })
  })

  test.each([
    'wavefall://app/../../package.json',
    'wavefall://app/%2e%2e/%2e%2e/package.json',
    'wavefall://app/..%2f..%2fpackage.json',
    'wavefall://app/assets%2f..%2f..%2f..%2fpackage.json',
    'wavefall://app/..%5c..%5cpackage.json',
    'wavefall://app/assets//index.js',
    'wavefall://app/.env.json',
    'wavefall://app/index.html%00.js',
    'wavefall://app/C:/windows.json',
    'wavefall://app/assets/',
    'wavefall://app/tool.exe',
    'wavefall://app/%E0%A4%A.js',
    'wavefall://other/index.html',
    'file:///program/renderer/index.html',
    'https://app/index.html',
    'not an address'
  ])('leads nowhere: %s', (address) => {
    const asset = resolveAsset(address, folder)
    // What the address parser itself folds away stays inside the folder; everything else is no address of ours.
    if (asset) expect(asset.file.startsWith(folder + '/')).toBe(true)
    else expect(asset).toBeNull()
    if (!address.startsWith('wavefall://app/../') && !address.includes('%2e%2e/')) expect(asset).toBeNull()
  })
})
