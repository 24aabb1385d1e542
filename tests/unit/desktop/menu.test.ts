import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, test } from 'vitest'
import { events } from '../../../src-preload/contract/events.ts'
import { menuTemplate, type MenuActions, type MenuKind } from '../../../src-main/desktop/menu.ts'

const nothing = (): void => undefined
const local: MenuActions = { command: nothing, openRecordings: nothing, showDataFolder: nothing, showLicence: nothing }
const remote: MenuActions = { ...local, openRecordings: null, showDataFolder: null }

const items = (actions: MenuActions, kind: Partial<MenuKind> = {}): MenuItemConstructorOptions[] =>
  menuTemplate(actions, { mac: false, developing: false, ...kind }).flatMap((menu) =>
    Array.isArray(menu.submenu) ? menu.submenu : []
  )

describe('menus', () => {
  test.each([
    ['local', local],
    ['remote', remote]
  ])('no dead entry: each does something (%s)', (_name, actions) => {
    for (const item of items(actions)) {
      if (item.type !== 'separator') expect(item.click ?? item.role, item.label).toBeTruthy()
    }
  })

  test('every accelerator once', () => {
    for (const mac of [false, true]) {
      const keys = items(local, { mac }).flatMap(({ accelerator }) => (accelerator ? [accelerator] : []))
      expect(new Set(keys).size).toBe(keys.length)
    }
  })

  test('commands are those of the contract', () => {
    const sent: string[] = []
    const clicked = items({ ...local, command: (name) => sent.push(name) })
    for (const { id, click } of clicked) {
      if (id && ['new-job', 'close-job', 'go-live', 'toggle-theme'].includes(id)) (click as () => void)()
    }
    expect(sent.toSorted()).toEqual(['close-job', 'go-live', 'new-job', 'toggle-theme'])
    for (const command of sent) expect(events['window.command'].safeParse({ command, jobId: null }).success).toBe(true)
  })

  test('what a remote core cannot do is left out', () => {
    const ids = (actions: MenuActions): (string | undefined)[] => items(actions).map(({ id }) => id)
    expect(ids(local)).toEqual(expect.arrayContaining(['open', 'data-folder']))
    expect(ids(remote)).not.toEqual(expect.arrayContaining(['open']))
    expect(ids(remote)).not.toEqual(expect.arrayContaining(['data-folder']))
  })

  test('reload and developer tools only while developing', () => {
    const roles = (developing: boolean) => items(local, { developing }).map(({ role }) => role)
    expect(roles(false)).not.toContain('reload')
    expect(roles(false)).not.toContain('toggleDevTools')
    expect(roles(true)).toContain('reload')
  })
})
