import { describe, expect, test } from 'vitest'
import { parseSourceSpec } from '../../../src-main/focus-server/sources/sourceSpec.ts'

const value = (text: string): unknown => {
  const result = parseSourceSpec(text)
  return result.ok ? result.value : result.error.message
}

describe('--source', () => {
  test('simulated, with and without options', () => {
    expect(value('simulated')).toEqual({ kind: 'simulated', options: {} })
    expect(value('simulated:channels=100,prr=1000,spacing=0.5,seed=9,start=-20')).toEqual({
      kind: 'simulated',
      options: { channels: 100, prrHz: 1000, spacingM: 0.5, seed: 9, startDistanceM: -20 }
    })
  })

  test('simulated: what is stored, and a scene that costs next to nothing', () => {
    expect(value('simulated:dtype=float32,scene=noise,channels=17500')).toEqual({
      kind: 'simulated',
      options: { elementType: 'float32', scene: 'noise', channels: 17_500 }
    })
  })

  test('silent, and paths of any look', () => {
    expect(value('silent')).toEqual({ kind: 'silent' })
    for (const path of ['./silent', '/a/b.h5', 'C:\\data\\x.tdms', 'simulated.h5', 'with, comma=1.h5']) {
      expect(value(path)).toEqual({ kind: 'recording', path })
    }
  })

  test('faulty: every kind, at a time, again and again, with the fibre’s options', () => {
    expect(value('faulty:stall=3@10,gap=0.5@5/20,cut@20,shape@30,nan=1@8,port-delay=5,channels=64')).toEqual({
      kind: 'faulty',
      options: { channels: 64 },
      faults: [
        { kind: 'stall', durationS: 3, atS: 10, everyS: null },
        { kind: 'gap', durationS: 0.5, atS: 5, everyS: 20 },
        { kind: 'cut', durationS: 0, atS: 20, everyS: null },
        { kind: 'shape', durationS: 0, atS: 30, everyS: null },
        { kind: 'nan', durationS: 1, atS: 8, everyS: null },
        { kind: 'port-delay', durationS: 5, atS: 0, everyS: null }
      ]
    })
    expect(value('faulty:cut/30')).toMatchObject({ faults: [{ kind: 'cut', atS: 0, everyS: 30 }] })
  })

  test.each([
    ['', 'is empty'],
    ['simulated:', 'empty part'],
    ['simulated:channels=100,,prr=5', 'empty part'],
    ['simulated:channels', '“channels” should be channels= and a whole number from 1 to 100000'],
    ['simulated:channels=', 'should be channels='],
    ['simulated:channels=0', 'whole number from 1 to 100000'],
    ['simulated:channels=2.5', '“channels=2.5” should be'],
    ['simulated:channels=1e9', 'from 1 to 100000'],
    ['simulated:prr=fast', '“prr=fast” should be prr= and a number from 50'],
    ['simulated:prr=2000=3', 'should be prr='],
    ['simulated:seed=1,seed=2', 'seed is given twice'],
    ['simulated:dtype=float64', '“dtype=float64” should be dtype= and one of int16, float32'],
    ['simulated:scene', 'should be scene= and one of road, noise'],
    ['simulated:scene=road,scene=road', 'scene is given twice'],
    ['simulated:colour=red', '“colour=red” is no option of simulated; there are channels, prr, spacing, seed'],
    ['simulated:stall=3', '“stall=3” is no option of simulated'],
    ['simulated:constructor=1', 'is no option'],
    ['silent:now', 'silent takes no options'],
    ['faulty', 'names no fault; there are stall, gap, nan, port-delay, cut, shape'],
    ['faulty:channels=10', 'names no fault'],
    ['faulty:explode@3', 'there is no fault “explode”'],
    ['faulty:stall@3', '“stall@3” needs how long it lasts, as in stall=3'],
    ['faulty:stall=0@3', 'lasts no time'],
    ['faulty:cut=2@3', 'cut has no duration; write cut@30'],
    ['faulty:gap=5@1/5', '“gap=5@1/5” comes again before it is over'],
    ['faulty:gap=-1@1', '“gap=-1@1” is no fault; one is written'],
    ['faulty:gap=1@', 'is no fault'],
    ['faulty:port-delay=5@2', 'port-delay takes seconds alone'],
    ['faulty:stall=99999', 'goes beyond 86400 s']
  ])('“%s” is refused: %s', (text, message) => {
    const result = parseSourceSpec(text)
    expect(result).toMatchObject({ ok: false, error: { code: 'invalid' } })
    expect(value(text)).toContain(message)
    expect(value(text)).toContain(`Source “${text}”`)
  })
})
