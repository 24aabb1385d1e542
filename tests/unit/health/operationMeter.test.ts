import { expect, test } from 'vitest'
import { defaultSettings } from '../../../src-preload/contract/settings.ts'
import { createOperationMeter, heavySentence, type HeavyOperation } from '../../../src-main/health/operationMeter.ts'

function started(residentBytes: () => number) {
  const found: HeavyOperation[] = []
  const meter = createOperationMeter({
    settings: () => ({ ...defaultSettings().health, operationMemoryMb: 64 }),
    residentBytes,
    heavy: (operation) => void found.push(operation)
  })
  const readings = (): Record<string, number> => {
    const set: Record<string, number> = {}
    meter.collect({ set: (name, labels, value) => void (set[`${name} ${labels['operation']}`] = value) })
    return set
  }
  return { meter, found, readings }
}

test('memory that is really taken in one stage of an operation is named with the stage; less than the limit is a reading alone', async () => {
  const { meter, found, readings } = started(() => process.memoryUsage.rss())
  await meter.measure('overview', 'small.h5', async () => Buffer.alloc(1e6, 1).length)
  expect(found).toEqual([])
  const kept: Buffer[] = []
  await meter.measure('export', 'large.h5 → large.segy', async (enter) => {
    enter('opening and planning')
    kept.push(Buffer.alloc(2e6, 1))
    enter('reading and writing')
    for (let at = 0; at < 8; at++) kept.push(Buffer.alloc(20e6, at))
    enter('closing the file')
    return kept.length
  })
  expect(found).toHaveLength(1)
  expect(found[0]).toMatchObject({ operation: 'export', stage: 'reading and writing', besides: 0 })
  expect(found[0]!.grownBytes).toBeGreaterThan(64e6)
  expect(heavySentence(found[0]!)).toMatch(
    /^Export \(large\.h5 → large\.segy\): memory grew by \d+ MB in [\d.]+ s, \d+ MB of it in the stage "reading and writing"\.$/
  )
  expect(readings()['wavefall_operation_memory_bytes export']).toBe(found[0]!.grownBytes)
  expect(readings()['wavefall_heavy_operations_total export']).toBe(1)
  expect(readings()['wavefall_heavy_operations_total overview']).toBe(0)
})

test('what is given back before the end is seen, also where it fails; who ran beside it is said', async () => {
  let bytes = 100e6
  const { meter, found } = started(() => bytes)
  let endOther: () => void = () => undefined
  const other = meter.measure('history request', 'window', () => new Promise<void>((done) => (endOther = done)))
  await expect(
    meter.measure('picture', 'live-1', async (enter) => {
      enter('collecting rows')
      bytes = 400e6
      enter('painting')
      bytes = 90e6
      throw new Error('no canvas')
    })
  ).rejects.toThrow('no canvas')
  endOther()
  await other
  expect(found.map(({ operation, stage, besides }) => [operation, stage, besides])).toEqual([
    ['picture', 'collecting rows', 1],
    ['history request', 'begin', 1]
  ])
  expect(heavySentence(found[0]!)).toContain('1 other operation ran at the same time.')
})
