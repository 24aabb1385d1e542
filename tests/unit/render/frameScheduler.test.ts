import { describe, expect, it } from 'vitest'
import { FrameScheduler, type Drawable, type FrameClock } from '../../../src-renderer/render/frameScheduler.ts'

class ManualClock implements FrameClock {
  frames = new Map<number, (nowMs: number) => void>()
  timers = new Map<number, { callback: () => void; atMs: number }>()
  hidden = false
  nowMs = 0
  private next = 1
  private listener: () => void = () => undefined

  requestAnimationFrame(callback: (nowMs: number) => void): number {
    this.frames.set(this.next, callback)
    return this.next++
  }
  cancelAnimationFrame(handle: number): void {
    this.frames.delete(handle)
  }
  setTimeout(callback: () => void, ms: number): number {
    this.timers.set(this.next, { callback, atMs: this.nowMs + ms })
    return this.next++
  }
  clearTimeout(handle: number): void {
    this.timers.delete(handle)
  }
  now(): number {
    return this.nowMs
  }
  isHidden(): boolean {
    return this.hidden
  }
  onVisibilityChange(listener: () => void): () => void {
    this.listener = listener
    return () => (this.listener = () => undefined)
  }
  hide(hidden: boolean): void {
    this.hidden = hidden
    this.listener()
  }
  frame(): void {
    const due = [...this.frames.values()]
    this.frames.clear()
    for (const callback of due) callback(this.nowMs)
  }
  pass(ms: number): void {
    this.nowMs += ms
    for (const [handle, { callback, atMs }] of this.timers) {
      if (atMs > this.nowMs) continue
      this.timers.delete(handle)
      callback()
    }
  }
}

function drawable(): Drawable & { drawn: number } {
  return {
    drawn: 0,
    drawFrame() {
      this.drawn++
    }
  }
}

describe('the frame scheduler', () => {
  it('draws once for many requests and asks for no frame when nothing is dirty', () => {
    const clock = new ManualClock()
    const scheduler = new FrameScheduler(clock)
    const [one, two] = [drawable(), drawable()]
    scheduler.add(one)
    scheduler.add(two)
    scheduler.request(one)
    scheduler.request(one)
    expect(clock.frames.size).toBe(1)
    clock.frame()
    expect([one.drawn, two.drawn]).toEqual([1, 1])
    expect(clock.frames.size).toBe(0)
    scheduler.request(two)
    clock.frame()
    expect([one.drawn, two.drawn]).toEqual([1, 2])
  })

  it('draws nothing while hidden, and everything once when shown again', () => {
    const clock = new ManualClock()
    const scheduler = new FrameScheduler(clock)
    const one = drawable()
    scheduler.add(one)
    clock.frame()
    clock.hide(true)
    scheduler.request(one)
    scheduler.requestIn(one, 10)
    expect(clock.frames.size + clock.timers.size).toBe(0)
    clock.hide(false)
    clock.frame()
    expect(one.drawn).toBe(2)
  })

  it('draws after a time, at the earliest wish', () => {
    const clock = new ManualClock()
    const scheduler = new FrameScheduler(clock)
    const one = drawable()
    scheduler.add(one)
    clock.frame()
    scheduler.requestIn(one, 100)
    scheduler.requestIn(one, 40)
    scheduler.requestIn(one, 80)
    expect(clock.timers.size).toBe(1)
    clock.pass(39)
    expect(clock.frames.size).toBe(0)
    clock.pass(1)
    clock.frame()
    expect(one.drawn).toBe(2)
  })

  it('draws each at its own time, and forgets a wish with the next frame', () => {
    const clock = new ManualClock()
    const scheduler = new FrameScheduler(clock)
    const [calm, restless] = [drawable(), drawable()]
    scheduler.add(calm)
    scheduler.add(restless)
    clock.frame()
    scheduler.requestIn(calm, 250)
    scheduler.requestIn(restless, 16)
    clock.pass(16)
    clock.frame()
    expect([calm.drawn, restless.drawn]).toEqual([1, 2])
    clock.pass(234)
    clock.frame()
    expect([calm.drawn, restless.drawn]).toEqual([2, 2])
    scheduler.requestIn(calm, 50)
    scheduler.request(calm)
    clock.frame()
    clock.pass(60)
    clock.frame()
    expect(calm.drawn).toBe(3)
    expect(clock.timers.size).toBe(0)
  })

  it('leaves nothing behind', () => {
    const clock = new ManualClock()
    const scheduler = new FrameScheduler(clock)
    const one = drawable()
    const remove = scheduler.add(one)
    scheduler.requestIn(one, 5)
    remove()
    scheduler.request(one)
    clock.frame()
    expect(one.drawn).toBe(0)
    scheduler.dispose()
    expect(clock.frames.size + clock.timers.size).toBe(0)
  })
})
