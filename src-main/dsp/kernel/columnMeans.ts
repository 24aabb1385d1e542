import type { SpectralKernelPlan } from '../spectralKernel.ts'

/** What the kernel exports; addresses are bytes, flags 0 or 1. See `assembly/`. */
export interface KernelExports {
  gatherTile(plan: number, source: number, firstChannel: number): number
  groupPowers(plan: number, group: number): number
  rowEnergies(plan: number, source: number): number
  levelsOfRow(values: number, count: number, constants: number): void
  powersByChannel(
    power: number,
    count: number,
    target: number,
    columnBytes: number,
    lanes: number,
    broken: number
  ): void
  levelsByChannel(
    power: number,
    count: number,
    target: number,
    columnBytes: number,
    lanes: number,
    broken: number,
    constants: number
  ): void
  fillInvalid(target: number, count: number): void
  addLanes(column: number, power: number, count: number, lanes: number, isFirst: number): void
  powersOfColumn(column: number, count: number, target: number, factor: number): void
}

/** Power means over the valid channels of columns that are wider than one channel. */
export interface ColumnMeans {
  /** Columns of the spectra of this row that have no valid channel. */
  readonly invalidColumns: number
  begin(): void
  /**
   * Takes the powers of a group of channels and writes the columns that it completes, one after the other.
   *
   * @returns how many
   */
  addGroup(channel: number, lanes: number, broken: number, target: number): number
  /** Means of energies, in place from the front; NaN channels are left out. */
  ofEnergies(energies: Float32Array): void
}

const laneBits = [0, 1, 3, 7, 15] as const
const countOf = Array.from({ length: 16 }, (_, bits) => [...bits.toString(2)].filter((bit) => bit === '1').length)

export function createColumnMeans(options: {
  plan: SpectralKernelPlan
  kernel: KernelExports
  powers: number
  column: number
  constants: number
}): ColumnMeans {
  const { kernel, powers, column, constants } = options
  const { channelCount, channelsPerColumn, binCount, level } = options.plan
  let invalidColumns = 0
  /** Of the column in work. */
  let isEmpty = true
  let valid = 0

  function finish(target: number): void {
    if (valid > 0) {
      kernel.powersOfColumn(column, binCount, target, 1 / valid)
      if (level === 'decibels') kernel.levelsOfRow(target, binCount, constants)
    } else {
      kernel.fillInvalid(target, binCount)
      invalidColumns++
    }
    isEmpty = true
    valid = 0
  }

  return {
    get invalidColumns() {
      return invalidColumns
    },
    begin() {
      invalidColumns = 0
      isEmpty = true
      valid = 0
    },
    addGroup(channel, lanes, broken, target) {
      let done = 0
      for (let lane = 0; lane < lanes;) {
        const columnEnd = Math.min(
          channelCount,
          channel + lane + channelsPerColumn - ((channel + lane) % channelsPerColumn)
        )
        const endLane = Math.min(lanes, columnEnd - channel)
        const chosen = laneBits[endLane]! & ~laneBits[lane]! & ~broken
        kernel.addLanes(column, powers, binCount, chosen, isEmpty ? 1 : 0)
        isEmpty = false
        valid += countOf[chosen]!
        if (channel + endLane === columnEnd) {
          finish(target + done * binCount * 4)
          done++
        }
        lane = endLane
      }
      return done
    },
    ofEnergies(energies) {
      for (let first = 0, to = 0; first < channelCount; first += channelsPerColumn, to++) {
        const end = Math.min(channelCount, first + channelsPerColumn)
        let sum = 0
        let count = 0
        for (let channel = first; channel < end; channel++) {
          const energy = energies[channel]!
          if (Number.isNaN(energy)) continue
          sum += energy
          count++
        }
        energies[to] = count === 0 ? Number.NaN : sum / count
      }
    }
  }
}
