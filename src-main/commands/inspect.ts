import type { Command } from 'commander'
import { type Recording, RecordingError, type RecordingInfo } from '../recordings/recording.ts'
import { type CornerSamples, cornerSamples, type Statistics, statisticsOf } from '../recordings/statistics.ts'
import { addAssumptionOptions, type AssumptionOptions, openStated } from './assumptionOptions.ts'
import { inspectionText } from './inspectText.ts'
import { createProgressLine } from './progressLine.ts'
import { CommandFailure } from './runProgram.ts'

type StatisticsDocument = Pick<Statistics, 'min' | 'max' | 'mean' | 'rms'>

interface BandDocument {
  lowHz: number
  highHz: number
  samples: CornerSamples
  statistics?: StatisticsDocument
}

/** The document of `inspect --json`: times and intervals are integer nanoseconds as text, null is what is not known. */
export interface Inspection extends Omit<
  RecordingInfo,
  'startTimeNs' | 'endTimeNs' | 'sampleIntervalNs' | 'gaps' | 'bands' | 'segments'
> {
  startTimeNs: string | null
  endTimeNs: string | null
  /** To the nearest nanosecond; `sampleRateHz` says it in full. */
  sampleIntervalNs: string | null
  bands: BandDocument[]
  gaps: { startTimeNs: string; endTimeNs: string }[]
  samples: CornerSamples
  statistics?: StatisticsDocument
}

export interface InspectOptions {
  statistics: boolean
  /** What the caller says where the file is silent. */
  stated?: AssumptionOptions
  onProgress?: (done: number, total: number) => void
}

/** What a recording is. Throws `RecordingError` where it cannot be read. */
export async function inspectRecording(path: string, options: InspectOptions): Promise<Inspection> {
  const recording = await openStated(path, options.stated)
  try {
    return await inspect(recording, options)
  } finally {
    await recording.close()
  }
}

async function inspect(recording: Recording, options: InspectOptions): Promise<Inspection> {
  const { info } = recording
  const warnings = [...info.warnings]
  const bands = await Promise.all(
    info.bands.map(async (band, k) => ({ ...band, samples: await cornerSamples(recording, k) }))
  )
  const samples = await cornerSamples(recording)
  const statistics = options.statistics ? await statisticsOfBands(recording, options, warnings) : []
  if (bands.length > 1)
    warnings.push(
      `samples${options.statistics ? ' and statistics are' : ' are'} those of the first of ${bands.length} bands; each band has its own in bands.`
    )
  const { startTimeNs, endTimeNs, sampleIntervalNs, gaps, segments: _, scale, ...rest } = info
  const [firstStatistics] = statistics
  return {
    ...rest,
    scale,
    startTimeNs: startTimeNs?.toString() ?? null,
    endTimeNs: endTimeNs?.toString() ?? null,
    sampleIntervalNs: sampleIntervalNs === null ? null : String(Math.round(sampleIntervalNs)),
    bands: bands.map((band, k) => ({ ...band, ...(statistics[k] ? { statistics: statistics[k] } : {}) })),
    gaps: gaps.map((gap) => ({ startTimeNs: String(gap.startTimeNs), endTimeNs: String(gap.endTimeNs) })),
    warnings,
    samples,
    ...(firstStatistics ? { statistics: firstStatistics } : {})
  }
}

async function statisticsOfBands(
  recording: Recording,
  { onProgress }: InspectOptions,
  warnings: string[]
): Promise<StatisticsDocument[]> {
  const count = Math.max(1, recording.info.bands.length)
  const rows = recording.info.shape.time
  const found: StatisticsDocument[] = []
  for (let band = 0; band < count; band++) {
    const { nanCount, infiniteCount, ...values } = await statisticsOf(recording, {
      band,
      onProgress: (done) => onProgress?.(band * rows + done, count * rows)
    })
    const place = count > 1 ? ` in band ${band}` : ''
    if (nanCount > 0) warnings.push(`${nanCount} values${place} are NaN and were left out of the statistics.`)
    if (infiniteCount > 0) warnings.push(`${infiniteCount} values${place} are infinite.`)
    found.push(values)
  }
  return found
}

/** Adds `inspect FILE` to the program. */
export function registerInspect(program: Command): void {
  const command = program
    .command('inspect')
    .description('Say what a recording is: format, shape, times, distances, unit, and what is doubtful about it.')
    .argument('<file>', 'a recording; its format is recognised by its content')
    .option('--statistics', 'read all samples and add minimum, maximum, mean and root mean square')
    .option('--json', 'print one JSON document')
  addAssumptionOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  wavefall inspect recording.h5 --statistics\n  wavefall inspect array.npy --rate 1000 --spacing 4.08 --start 2024-03-01T12:00:00Z'
    )
    .action(async (file: string, options: AssumptionOptions & { statistics?: true; json?: true }) => {
      const progress = createProgressLine(process.stderr)
      try {
        const inspection = await inspectRecording(file, {
          statistics: options.statistics ?? false,
          stated: options,
          onProgress: (done, total) => progress.update(`Reading samples: ${Math.floor((done / total) * 100)} %`)
        })
        progress.clear()
        process.stdout.write(options.json ? `${JSON.stringify(inspection)}\n` : inspectionText(inspection))
      } catch (error) {
        progress.clear()
        if (error instanceof RecordingError) throw new CommandFailure(`${error.message}.`)
        throw error
      }
    })
}
