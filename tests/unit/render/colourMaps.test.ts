import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { colourMapChoices, colourMapFromName } from '../../../src-preload/contract/drawing/colourMaps.ts'
import { colourMapTables } from '../../support/colourMapTables.ts'

describe('colour maps', () => {
  it('are what the script makes', () => {
    const file = readFileSync(resolve(import.meta.dirname, '../../../resources/colourMaps.json'), 'utf8')
    expect(JSON.parse(file)).toEqual(colourMapTables())
  })

  it('have 256 opaque colours each, and names for all that the settings may say', () => {
    expect(colourMapChoices.map(({ name }) => name)).toEqual([
      'viridis',
      'magma',
      'inferno',
      'cividis',
      'turbo',
      'grey',
      'blue-red'
    ])
    for (const { name } of colourMapChoices) {
      const { rgba } = colourMapFromName(name)
      expect(rgba.length).toBe(1024)
      for (let index = 3; index < 1024; index += 4) expect(rgba[index]).toBe(255)
    }
    expect([...colourMapFromName('viridis').rgba.subarray(0, 3)]).toEqual([0x44, 0x01, 0x54])
    expect(colourMapFromName('of a later version').name).toBe('viridis')
  })

  it('grow lighter from end to end where they are sequential and perceptual', () => {
    for (const name of ['viridis', 'magma', 'inferno', 'cividis', 'grey']) {
      const { rgba } = colourMapFromName(name)
      const light = (index: number): number =>
        0.2126 * rgba[index * 4]! + 0.7152 * rgba[index * 4 + 1]! + 0.0722 * rgba[index * 4 + 2]!
      for (let index = 8; index < 256; index += 8) expect(light(index)).toBeGreaterThan(light(index - 8))
    }
  })
})
