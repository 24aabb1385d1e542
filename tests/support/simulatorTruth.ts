/** Samples of a recording against those that the simulated fibre itself gives for the same times and channels. */
import { createSimulatedFibre } from '../../src-main/focus-server/sources/simulatedFibre.ts'
import type { Recording } from '../../src-main/recordings/recording.ts'

export interface SimulatorComparison {
  compared: number
  /** The first that differs, in words; null where none does. */
  firstWrong: string | null
}

/** `options` are those of the fibre that was captured. Every sample of every run is compared, placed by its time. */
export async function compareWithSimulator(
  recording: Recording,
  options: Parameters<typeof createSimulatedFibre>[0]
): Promise<SimulatorComparison> {
  const fibre = createSimulatedFibre(options)
  const { shape, segments, startTimeNs, firstChannel } = recording.info
  const channels = shape.channel
  const runs = segments ?? [{ firstIndex: 0, startTimeNs: startTimeNs! }]
  let compared = 0
  try {
    for (const [k, run] of runs.entries()) {
      const end = runs[k + 1]?.firstIndex ?? shape.time
      const first = fibre.sampleIndexAt(run.startTimeNs)
      if (fibre.timeOfSample(first) !== run.startTimeNs)
        return { compared, firstWrong: `run ${k} begins at ${run.startTimeNs}, which is no time of a sample` }
      for (let from = run.firstIndex; from < end; from += 500) {
        const to = Math.min(end, from + 500)
        const stored = await recording.read({ time: { from, to }, channel: { from: 0, to: channels } })
        const truth = new Int16Array((to - from) * channels)
        const firstSample = first + from - run.firstIndex
        await fibre.read(
          { firstSample, sampleCount: to - from, firstChannel: firstChannel! - 1, channelCount: channels },
          truth
        )
        for (let at = 0; at < truth.length; at++)
          if (stored[at] !== truth[at])
            return {
              compared,
              firstWrong: `row ${from + Math.floor(at / channels)}, channel ${at % channels}: ${stored[at]} instead of ${truth[at]}`
            }
        compared += truth.length
      }
    }
    return { compared, firstWrong: null }
  } finally {
    await fibre.dispose()
  }
}
