import { describe, expect, it } from 'vitest'
import {
  channelsFromText,
  columnsOfChannels,
  movedChannel,
  pickedChannels,
  spreadChannels
} from '../../../src-renderer/render/spectraChannelChoice.ts'
import { channelLabel, channelName } from '../../../src-renderer/render/spectraChannelNames.ts'
import { gridColumns, picturesThatFit } from '../../../src-renderer/render/spectraTileGeometry.ts'
import {
  loadSpectra,
  saveSpectra,
  withSpectrum,
  type KeptSpectrum
} from '../../../src-renderer/stores/storedSpectra.ts'
import { spectraDescription } from '../../support/layerFixture.ts'

/** 51 channels, every fiftieth from 32 500 on. */
const columns = { ...spectraDescription(51, 4).columns, firstChannel: 32_500, channelStep: 50 }

describe('choice of channels', () => {
  it('is a few spread over the whole at first, and all of a few', () => {
    expect(pickedChannels('', columns)).toEqual([32_500, 33_350, 34_150, 35_000])
    expect(pickedChannels('', { ...columns, count: 3 })).toEqual([32_500, 32_550, 32_600])
    expect(spreadChannels({ ...columns, count: 1 }, 4)).toEqual([32_500])
  })

  it('leaves out what another job does not have', () => {
    expect(pickedChannels('33000 7 32500 33000', columns)).toEqual([33_000, 32_500])
    expect(columnsOfChannels(columns, [33_000, 99_999, 32_500])).toEqual([10, 0])
    expect(columnsOfChannels({ ...columns, channelsPerColumn: 17, count: 3 }, [32_500, 32_550, 34_950])).toEqual([0, 2])
  })

  it('is read from text: single ones, ranges with a step, backwards too', () => {
    expect(channelsFromText('33 000, 32500-32700:100; 32 600-32500:50', columns)).toEqual({
      ok: true,
      channels: [33_000, 32_500, 32_600, 32_700, 32_550]
    })
    expect(channelsFromText('five', columns)).toMatchObject({ ok: false })
    expect(channelsFromText('12', columns)).toMatchObject({
      message: expect.stringContaining('32\u202f500 to') as string
    })
    expect(channelsFromText('32500-35000:1', columns)).toMatchObject({ message: 'At most 512 channels at once.' })
    expect(channelsFromText(' , ', columns)).toMatchObject({ ok: false })
  })

  it('is reordered', () => {
    expect(movedChannel([1, 2, 3], 0, 1)).toEqual([2, 1, 3])
    expect(movedChannel([1, 2, 3], 2, -4)).toEqual([3, 1, 2])
    expect(movedChannel([1, 2, 3], 0, 9)).toEqual([2, 3, 1])
  })

  it('names a channel as its source does', () => {
    expect(channelLabel(channelName(columns, 0))).toBe('32\u202f500 · 33.60 km')
    const together = { ...columns, firstChannel: 11, channelStep: 1, channelsPerColumn: 8, firstDistanceM: null }
    expect(channelLabel(channelName(together, 0))).toBe('11–18')
  })
})

describe('grid of pictures', () => {
  it('fits the tile', () => {
    expect(gridColumns(4, 900, 350)).toBe(2)
    expect(gridColumns(1, 900, 350)).toBe(1)
    expect(gridColumns(9, 200, 900)).toBe(1)
    expect(gridColumns(9, 1600, 500, 2)).toBe(2)
    expect(picturesThatFit(100, 50)).toBe(1)
    expect(picturesThatFit(1000, 700)).toBeGreaterThan(20)
  })
})

describe('stored spectra', () => {
  const spectrum = (name: string): KeptSpectrum => ({
    name,
    of: 'x',
    unit: 'dB',
    firstHz: 0,
    stepHz: 1,
    levels: [-1.23456, Number.NaN]
  })
  const storage = (): { text: string | null; getItem(): string | null; setItem(key: string, text: string): void } => ({
    text: null,
    getItem() {
      return this.text
    },
    setItem(_key, text) {
      this.text = text
    }
  })

  it('come back as they were, newest first, each name once, twelve at most', () => {
    const kept = storage()
    let list: KeptSpectrum[] = []
    for (let index = 0; index < 15; index++) list = withSpectrum(list, spectrum(`s${index}`))
    list = withSpectrum(list, spectrum('s9'))
    expect(saveSpectra(kept, list)).toBeNull()
    const loaded = loadSpectra(kept)
    expect(loaded.map(({ name }) => name).slice(0, 3)).toEqual(['s9', 's14', 's13'])
    expect(loaded).toHaveLength(12)
    expect(loaded[0]!.levels).toEqual([-1.235, Number.NaN])
  })

  it('that cannot be read or kept hurt nobody', () => {
    expect(loadSpectra({ getItem: () => '{"a', setItem: () => undefined })).toEqual([])
    expect(loadSpectra({ getItem: () => '[{"name":"x"}]', setItem: () => undefined })).toEqual([])
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new Error('full')
      }
    }
    expect(saveSpectra(full, [spectrum('a')])).toContain('no room')
  })
})
