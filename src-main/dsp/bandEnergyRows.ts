import { fastDecibels } from './decibels.ts'

/** Rows from samples that are band energies already. */
export interface BandEnergyRows {
  readonly columnCount: number
  /** The row computed last, dB re unit², floor −300; NaN where no channel of a column has a valid energy. */
  readonly row: Float32Array
  /** Reads one sample of all channels. Returns the number of NaN values. */
  computeRow(source: Int16Array | Float32Array, offset: number): number
}

/**
 * Linear energy → dB, with the mean over the channels of a column. An energy that is not finite or is negative is invalid;
 * a zero shows as the floor.
 */
export function createBandEnergyRows(plan: {
  channelCount: number
  channelsPerColumn: number
  scale: number
}): BandEnergyRows {
  const { channelCount, channelsPerColumn, scale } = plan
  const columnCount = Math.ceil(channelCount / channelsPerColumn)
  const powers = new Float32Array(columnCount)
  const powerBits = new Int32Array(powers.buffer)
  const row = new Float32Array(columnCount)
  return {
    columnCount,
    row,
    computeRow(source, offset) {
      let invalid = 0
      for (let column = 0, channel = 0; column < columnCount; column++) {
        const end = Math.min(channelCount, channel + channelsPerColumn)
        let sum = 0
        let valid = 0
        for (; channel < end; channel++) {
          const energy = source[offset + channel]! * scale
          if (energy >= 0 && energy < Infinity) {
            sum += energy
            valid++
          }
        }
        if (valid === 0) invalid++
        powers[column] = valid === 0 ? Number.NaN : sum / valid
      }
      fastDecibels(powerBits, row, columnCount)
      return invalid
    }
  }
}
