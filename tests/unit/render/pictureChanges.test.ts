import { describe, expect, it } from 'vitest'
import { PictureChanges } from '../../../src-renderer/render/pictureChanges.ts'

const frameMs = 16

describe('telling what a picture shows', () => {
  it('tells a first change at once, ten times a second while a hand moves, and the last in the frame after it', () => {
    const changes = new PictureChanges()
    expect(changes.dueInMs(0)).toBe(0)
    let nowMs = 1000
    const told: number[] = []
    for (let frame = 0; frame < 60; frame++, nowMs += frameMs) {
      changes.changed()
      if (changes.dueInMs(nowMs) === 0) told.push(nowMs)
    }
    expect(told[0]).toBe(1000)
    expect(told.length).toBeGreaterThanOrEqual(8)
    expect(told.length).toBeLessThanOrEqual(10)
    changes.changed()
    if (changes.dueInMs(nowMs) > 0) expect(changes.dueInMs(nowMs + frameMs)).toBe(0)
  })

  it('tells of time passing four times a second, and says when', () => {
    const changes = new PictureChanges()
    changes.changed()
    expect(changes.dueInMs(0)).toBe(0)
    expect(changes.dueInMs(100)).toBe(150)
    expect(changes.dueInMs(250)).toBe(0)
    expect(changes.dueInMs(260)).toBe(240)
  })

  it('knows the levels of the colour bar again', () => {
    const changes = new PictureChanges()
    const display = {
      colourMap: 'viridis',
      newestAt: 'top' as const,
      levels: null,
      scale: 'dB' as const,
      meanRows: 1,
      maxHold: null,
      background: null
    }
    const levels = { lowDb: 0, highDb: 10 }
    expect(changes.isOtherDisplay(display)).toBe(true)
    expect(changes.isOtherDisplay({ ...display })).toBe(false)
    changes.levelsSet(levels)
    expect(changes.isOtherDisplay({ ...display, levels })).toBe(false)
    expect(changes.isOtherDisplay({ ...display, levels: { lowDb: 0, highDb: 10 } })).toBe(true)
    expect(changes.isOtherDisplay({ ...display, levels: null })).toBe(true)
  })
})
