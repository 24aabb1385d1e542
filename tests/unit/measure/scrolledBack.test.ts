import { describe, expect, test } from 'vitest'
import { FrequencyLines, SpectraPlane } from '../../../src-renderer/render/spectraPlane.ts'
import { LayerHistory } from '../../../src-renderer/render/spectraHistory.ts'
import { measureSpectra } from '../../../src-renderer/render/spectraReading.ts'
import { LayerRows } from '../../../src-renderer/render/spectraRows.ts'
import { SpectraTileModel } from '../../../src-renderer/render/spectraTileModel.ts'
import type { TimePixels } from '../../../src-renderer/render/spectraTimeWindow.ts'
import { SpectrumReader } from '../../../src-renderer/render/spectrumModel.ts'
import { TracePlane } from '../../../src-renderer/render/tracePlane.ts'
import { measureTrace } from '../../../src-renderer/render/traceReading.ts'
import { KeptRows, rowsFrame, spectraDescription, traceDescription } from '../../support/layerFixture.ts'

const never = (): boolean => false
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

type Value = (row: number, column: number) => number

/** A layer that holds its newest rows and asks a core for the others. */
function layerOf(description: Parameters<LayerRows['describe']>[0], columns: number, end: number, value: Value) {
  const rows = new LayerRows(1 << 22)
  const model = new SpectraTileModel()
  let hasChanged = false
  const history = new LayerHistory(new KeptRows(columns, [0, 0, 0], end, value), 1 << 24, () => (hasChanged = true))
  const layer = { rows, history }
  model.addLayer(layer)
  model.described(layer, rows.describe(description, null))
  history.reset(columns)
  rows.writeRows(rowsFrame(columns, end - 100, 100, value))
  /** Draws until nothing is awaited. */
  const settle = async (plane: SpectraPlane | TracePlane, draw: () => void): Promise<void> => {
    for (let round = 0; round < 20; round++) {
      history.refreshExtent()
      draw()
      history.fetchWanted()
      await tick()
      if (hasChanged) plane.historyChanged()
      hasChanged = false
    }
  }
  return { ...layer, model, settle }
}

describe('what is measured of rows that only the core still has', () => {
  test('a pulse in a trace: its sample and its value, also where samples share a pixel', async () => {
    const pulse = { row: 7777, column: 1, value: 55.5 }
    const value: Value = (row, column) => (row === pulse.row && column === pulse.column ? pulse.value : (row % 11) / 11)
    const { rows, history, model, settle } = layerOf(traceDescription(2, 2000, 1, { live: true }), 2, 20_000, value)
    for (const msPerPixel of [0.125, 3.3, 40]) {
      const plane = new TracePlane()
      const atMs = rows.msFromCell(pulse.row + 0.5)
      const pixels: TimePixels = { msPerPixel, pixelAtLeft: Math.floor(atMs / msPerPixel) - 30, width: 64 }
      const measure = () => measureTrace({ model, layer: { rows, history }, plane, pixels }, 0, 1, 30.01, 50)
      await settle(plane, () => {
        plane.update(pixels, [1], { rows, history, isTimeUp: never })
        measure()
      })
      expect(measure()!.point).toMatchObject({ timeNs: String(rows.rowTimeNs(pulse.row)), value: pulse.value })
    }
  })

  test('a line in a spectrogram: its bin, its row and its level', async () => {
    const bins = 33
    const loud = { row: 300, column: 21, level: 12.25 }
    const value: Value = (row, column) => (row === loud.row && column === loud.column ? loud.level : -60 - (column % 7))
    const description = spectraDescription(1, bins, { live: true })
    const { rows, history, model, settle } = layerOf(description, bins, 1000, value)
    for (const [msPerPixel, height] of [
      [20, 200],
      [730, 8]
    ] as const) {
      const plane = new SpectraPlane()
      const lines = new FrequencyLines()
      lines.place(rows.description!.bins!, model.band.lowHz, model.band.highHz, height)
      const atMs = rows.msFromCell(loud.row + 0.5)
      const pixels: TimePixels = { msPerPixel, pixelAtLeft: Math.floor(atMs / msPerPixel) - 30, width: 64 }
      const where = { model, rows, reader: new SpectrumReader(rows, history), plane, lines, pixels }
      const x = 30.01
      const y = ((model.band.highHz - 2 * loud.column) / model.band.spanHz) * height
      const measure = () => measureSpectra(where, 0, 0, x, y)
      await settle(plane, () => {
        plane.update(pixels, lines, [0], { rows, history, isTimeUp: never })
        measure()
      })
      expect(measure()!.point).toMatchObject({
        timeNs: String(rows.rowTimeNs(loud.row)),
        hertz: 2 * loud.column,
        value: loud.level,
        unit: 'dB re (rad)²/Hz'
      })
    }
  })
})
