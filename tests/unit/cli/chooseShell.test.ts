import { describe, expect, it } from 'vitest'
import { chooseShell, type ShellSituation } from '../../../src-main/commands/chooseShell.ts'

const runtime = { executable: '/runtime/electron', version: '45.0.0' }
const choose = (more: Partial<ShellSituation>) =>
  chooseShell({ asked: null, runtime, display: true, namedRuntime: undefined, ...more })

describe('which shell starts', () => {
  it('is the desktop where a runtime and a display are there', () => {
    expect(choose({})).toMatchObject({ shell: 'desktop', runtime })
  })

  it('is the web shell otherwise, and says why', () => {
    expect(choose({ display: false })).toMatchObject({ shell: 'web', why: expect.stringContaining('no display') })
    expect(choose({ runtime: null })).toMatchObject({ shell: 'web', why: expect.stringContaining('install-electron') })
    expect(choose({ runtime: null, namedRuntime: '/nowhere' })).toMatchObject({
      shell: 'web',
      why: expect.stringContaining('/nowhere')
    })
  })

  it('is what was asked for, or nothing where that cannot be', () => {
    expect(choose({ asked: 'web' })).toEqual({ shell: 'web', why: 'as asked for' })
    expect(choose({ asked: 'desktop' }).shell).toBe('desktop')
    expect(choose({ asked: 'desktop', runtime: null }).shell).toBe(null)
    expect(choose({ asked: 'desktop', display: false }).shell).toBe(null)
  })
})
