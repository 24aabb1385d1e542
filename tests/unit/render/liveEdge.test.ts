import { describe, expect, it } from 'vitest'
import { LiveEdge } from '../../../src-renderer/render/liveEdge.ts'

const slotMs = 100

describe('the live edge', () => {
  it('glides between rows and never leaves a row outside', () => {
    const edge = new LiveEdge()
    edge.arrived(10, slotMs, 0)
    expect(edge.at(slotMs, 0)).toBe(10)
    expect(edge.at(slotMs, 50)).toBeCloseTo(10.5)
    edge.arrived(11, slotMs, 90)
    expect(edge.at(slotMs, 90)).toBeGreaterThanOrEqual(11)
    edge.arrived(14, slotMs, 100)
    expect(edge.at(slotMs, 100)).toBe(14)
  })

  it('never moves back while rows come a little late', () => {
    const edge = new LiveEdge()
    let previous = 0
    for (let row = 0; row < 50; row++) {
      const nowMs = row * slotMs + (row % 3) * 30
      edge.arrived(row, slotMs, nowMs)
      const nextMs = (row + 1) * slotMs + ((row + 1) % 3) * 30
      for (let ms = 0; nowMs + ms < nextMs; ms += 10) {
        const at = edge.at(slotMs, nowMs + ms)
        expect(at).toBeGreaterThanOrEqual(previous)
        previous = at
      }
    }
  })

  it('waits a little ahead when nothing comes, and says that it stands still', () => {
    const edge = new LiveEdge()
    edge.arrived(10, slotMs, 0)
    expect(edge.isMoving(slotMs, 100)).toBe(true)
    expect(edge.at(slotMs, 60_000)).toBe(13)
    expect(edge.isMoving(slotMs, 60_000)).toBe(false)
    edge.arrived(11, slotMs, 60_000)
    expect(edge.at(slotMs, 60_000)).toBeLessThanOrEqual(14)
  })

  it('does not move before the first row', () => {
    expect(new LiveEdge().isMoving(slotMs, 1000)).toBe(false)
  })
})
