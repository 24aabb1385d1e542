import { describe, expect, test } from 'vitest'
import { ownArguments, parseDesktopArguments } from '../../../src-main/desktop/desktopArguments.ts'

const parse = (args: string[], environment: Record<string, string> = {}) =>
  parseDesktopArguments(args, '/home/operator', environment)

describe('command line of the desktop program', () => {
  test('files become absolute, switches of the runtime are passed over', () => {
    const { files, problems } = parse(['--inspect=0', '--no-sandbox', 'a.h5', '/data/b.tdms', '--', '-odd.h5'])
    expect(files).toEqual(['/home/operator/a.h5', '/data/b.tdms', '/home/operator/-odd.h5'])
    expect(problems).toEqual([])
  })

  test('options with their value beside or behind an equals sign', () => {
    expect(parse(['--data', 'here', '--backend=http://das:5000/api'])).toMatchObject({
      dataFolder: '/home/operator/here',
      backendUrl: 'http://das:5000/api',
      files: [],
      problems: []
    })
  })

  test('a remote core with its token from the address or the environment', () => {
    expect(parse(['--connect', 'https://core:8070/#token=abc']).remote).toEqual({
      url: 'https://core:8070',
      token: 'abc'
    })
    expect(parse(['--connect', 'http://core:8070'], { WAVEFALL_TOKEN: 'xyz' }).remote).toEqual({
      url: 'http://core:8070',
      token: 'xyz'
    })
  })

  test.each([
    [['--connect', 'http://core:8070'], /lacks its token/],
    [['--connect', 'ftp://core/#token=a'], /--connect wants/],
    [['--connect', 'nonsense'], /--connect wants/],
    [['--backend', 'das:5000'], /--backend wants/],
    [['--data'], /--data lacks its value/],
    [['--data', '--backend'], /--data lacks its value/],
    [['--connect', 'http://a/#token=t', '--backend', 'http://b'], /exclude each other/],
    [['--connect', 'http://a/#token=t', 'file.h5'], /Files open on the core itself/]
  ])('%j is refused with one sentence', (args, sentence) => {
    expect(parse(args).problems.join('\n')).toMatch(sentence)
  })

  test('what the runtime put first is not ours', () => {
    expect(ownArguments(['/opt/wavefall', 'a.h5'], false)).toEqual(['a.h5'])
    expect(ownArguments(['electron', '--no-sandbox', '/src', '--data', 'x', 'a.h5'], true)).toEqual([
      '--no-sandbox',
      '--data',
      'x',
      'a.h5'
    ])
  })
})
