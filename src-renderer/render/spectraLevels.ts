import { isValue } from '../../src-preload/contract/drawing/cellValues.ts'
import { robustLevels } from '../../src-preload/contract/drawing/robustLevels.ts'
import type { SpectraPlane } from './spectraPlane.ts'

const sampleCount = 8192
/** Levels stay while the data asks for less than this much change, dB: colours must not flicker. */
const hysteresisDb = 0.5
const fewestSamples = 16

/** Levels shared by all pictures of a plane: percentiles of a strided subsample of what they show. */
export class SpectraLevels {
  lowDb = -60
  highDb = 0
  private readonly samples = new Float32Array(sampleCount)

  /** True when the levels changed. `isAsked`: the operator changed the view, so small changes count too. */
  update(plane: SpectraPlane, isAsked: boolean): boolean {
    const { values } = plane
    // A stride that shares a factor with the pictures' height would visit some frequencies only.
    let stride = Math.max(1, Math.floor(values.length / sampleCount))
    while (stride > 1 && plane.height % stride === 0) stride++
    let count = 0
    for (let at = 0; at < values.length && count < sampleCount; at += stride) {
      if (isValue(values[at]!)) this.samples[count++] = values[at]!
    }
    if (count < fewestSamples) return false
    const { lowDb, highDb } = robustLevels(this.samples.subarray(0, count))
    const isSmall = Math.abs(lowDb - this.lowDb) < hysteresisDb && Math.abs(highDb - this.highDb) < hysteresisDb
    if (isSmall && !isAsked) return false
    this.lowDb = lowDb
    this.highDb = highDb
    return true
  }
}
