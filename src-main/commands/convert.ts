import { type Command, InvalidArgumentError } from 'commander'
import { exportFormatNames, type ExportFormatName, type ExportSelection } from '../../src-preload/contract/tasks.ts'
import { RecordingError, type RecordingInfo } from '../recordings/recording.ts'
import { ExportCancelled, ExportError, type ExportFormat } from '../sessions/export/exportFormat.ts'
import { exportFormats, formatOfName } from '../sessions/export/exportFormats.ts'
import { type ExportOutcome, runExport } from '../sessions/export/runExport.ts'
import { addAssumptionOptions, type AssumptionOptions, openStated } from './assumptionOptions.ts'
import { cancelOnSignals } from './cancelOnSignals.ts'
import { createProgressLine } from './progressLine.ts'
import {
  channelRangeOption,
  type ChannelRangeOption,
  channelSelection,
  decimationOption,
  timeRangeOption,
  type TimeRangeOption,
  timeSelection
} from './rangeOptions.ts'
import { CommandFailure } from './runProgram.ts'

interface Options extends AssumptionOptions {
  format?: ExportFormatName
  time?: TimeRangeOption
  channels?: ChannelRangeOption
  band?: number
  decimate: number
  overwrite?: true
  json?: true
}

function formatOption(text: string): ExportFormatName {
  const found = exportFormatNames.find((name) => name === text)
  if (!found) throw new InvalidArgumentError(`Give one of ${exportFormatNames.join(', ')}.`)
  return found
}

function bandOption(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('Give the number of a band, from 0 on.')
  return Number(text)
}

const selectionOf =
  (options: Options) =>
  (info: RecordingInfo): ExportSelection => ({
    time: timeSelection(options.time, info),
    channels: channelSelection(options.channels, info),
    band: options.band ?? null,
    decimate: options.decimate
  })

function documentOf(source: string, format: ExportFormat, { content, files, bytes, warnings }: ExportOutcome): object {
  const { rows, channels, element, unit, quantity, sampleIntervalNs } = content
  const endNs = content.timeNs(rows - 1) + BigInt(Math.round(sampleIntervalNs ?? 0))
  return {
    source,
    target: files[0],
    sidecar: files[1] ?? null,
    format: format.name,
    shape: { time: rows, channel: channels },
    dtype: element,
    quantity,
    unit,
    startTimeNs: content.hasStartTime ? String(content.startTimeNs) : null,
    endTimeNs: content.hasStartTime ? String(endNs) : null,
    sampleIntervalNs: sampleIntervalNs === null ? null : String(Math.round(sampleIntervalNs)),
    sampleRateHz: content.sampleRateHz,
    firstChannel: content.channelNumber(0),
    bytes,
    warnings
  }
}

async function convert(source: string, target: string, format: ExportFormat, options: Options): Promise<void> {
  const progress = createProgressLine(process.stderr)
  const cancelling = new AbortController()
  const release = cancelOnSignals(() => cancelling.abort())
  try {
    const outcome = await runExport({
      source,
      target,
      format,
      selection: selectionOf(options),
      overwrite: options.overwrite ?? false,
      signal: cancelling.signal,
      open: (path) => openStated(path, options),
      onProgress: (done, { rows }) => progress.update(`Writing ${target}: ${Math.floor((done / rows) * 100)} %`)
    })
    progress.clear()
    if (options.json) process.stdout.write(`${JSON.stringify(documentOf(source, format, outcome))}\n`)
    else {
      const { rows, channels, element } = outcome.content
      process.stdout.write(
        `${outcome.files[0]}: ${format.title}, ${rows} samples of ${channels} channels, ${element}, ${outcome.bytes} bytes\n`
      )
      for (const warning of outcome.warnings) process.stderr.write(`  ${warning}\n`)
    }
  } catch (error) {
    progress.clear()
    if (error instanceof RecordingError) throw new CommandFailure(`${error.message}.`)
    if (error instanceof ExportError || error instanceof ExportCancelled) throw new CommandFailure(error.message)
    throw error
  } finally {
    release()
  }
}

/** Adds `convert SOURCE TARGET` to the program. */
export function registerConvert(program: Command): void {
  const command = program
    .command('convert')
    .description('Write a recording or session, or a part of it, in another format.')
    .argument('<source>', 'a recording or the folder of a session; its format is recognised by its content')
    .argument('<target>', 'the file to make (for zarr: the folder); its ending says the format')
    .option('--format <name>', exportFormatNames.join(', '), formatOption)
    .option('--time <from:to>', 'half-open: seconds from the start, or times (UTC)', timeRangeOption)
    .option('--channels <from:to>', "both ends in, by the recording's own numbers", channelRangeOption)
    .option('--band <number>', 'of a band-energy recording, from 0 on', bandOption)
    .option('--decimate <factor>', 'every nth sample, behind a low-pass filter', decimationOption, 1)
    .option('--overwrite', 'replace the target where it exists')
    .option('--json', 'print one JSON document')
  addAssumptionOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  wavefall convert recording.tdms recording.zarr\n' +
        '  wavefall convert recording.h5 part.sgy --time 10:20 --channels 1:2222 --decimate 4\n' +
        '  wavefall convert array.npy recording.h5 --rate 500 --spacing 2 --start 2024-03-01T12:00:00Z'
    )
    .action(async (source: string, target: string, options: Options, command: Command) => {
      const format = options.format ? exportFormats[options.format] : formatOfName(target)
      if (!format) {
        const endings = Object.values(exportFormats).flatMap((known) => known.endings)
        command.error(
          `${target}: its ending says no format; give one of ${endings.join(', ')}, or name the format with --format.`,
          { exitCode: 2 }
        )
      }
      await convert(source, target, format, options)
    })
}
