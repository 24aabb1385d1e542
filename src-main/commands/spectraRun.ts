import type { Command } from 'commander'
import type { ChannelRangeOption, TimeRangeOption } from './rangeOptions.ts'
import { RecordingError } from '../recordings/recording.ts'
import { ExportCancelled, ExportError } from '../sessions/export/exportFormat.ts'
import type { SpectraRequest } from '../sessions/spectra/spectraPlan.ts'
import { type SpectraOutcome, writeSpectra } from '../sessions/spectra/writeSpectra.ts'
import { type AssumptionOptions, openStated } from './assumptionOptions.ts'
import { cancelOnSignals } from './cancelOnSignals.ts'
import { createProgressLine } from './progressLine.ts'
import { channelSelection, timeSelection } from './rangeOptions.ts'
import { CommandFailure } from './runProgram.ts'

export interface SpectraOptions extends AssumptionOptions {
  time?: TimeRangeOption
  overwrite?: true
  json?: true
}

/** Wrong usage where the target cannot be an array: nothing was looked at yet. */
export function requireNpy(target: string, command: Command): void {
  if (!/.\.npy$/i.test(target))
    command.error(`error: ${target}: the array is a NumPy file; give a name that ends in .npy.`, { exitCode: 2 })
}

const unitOf = ({ output, scaling, isDecibels }: SpectraRequest, unit: string | null): string => {
  const square = unit === null ? 'unit²' : `(${unit})²`
  const linear = output === 'spectra' && scaling === 'psd' ? `${square}/Hz` : square
  return isDecibels ? `dB re ${linear}` : linear
}

function documentOf(source: string, request: SpectraRequest, outcome: SpectraOutcome): object {
  const { document, content, files, warnings } = outcome
  return {
    source,
    target: files[0],
    sidecar: files[1],
    ...document,
    quantity: content.quantity,
    unit: unitOf(request, content.unit),
    firstChannel: content.channelNumber(0),
    channels: content.channels,
    warnings
  }
}

/** What `spectrogram` and `band-energy` have in common: from source to array, and what is said of it. */
export async function runSpectra(
  source: string,
  target: string,
  request: SpectraRequest,
  channels: ChannelRangeOption | undefined,
  options: SpectraOptions
): Promise<void> {
  const progress = createProgressLine(process.stderr)
  const cancelling = new AbortController()
  const release = cancelOnSignals(() => cancelling.abort())
  try {
    const outcome = await writeSpectra({
      source,
      target,
      request,
      overwrite: options.overwrite ?? false,
      signal: cancelling.signal,
      open: (path) => openStated(path, options),
      selection: (info) => ({
        time: timeSelection(options.time, info),
        channels: channelSelection(channels, info),
        band: null,
        decimate: 1
      }),
      onProgress: (done, rows) => progress.update(`Writing ${target}: ${Math.floor((done / rows) * 100)} %`)
    })
    progress.clear()
    for (const warning of outcome.warnings) process.stderr.write(`${warning}\n`)
    const [rows, columns] = outcome.document.shape
    process.stdout.write(
      options.json
        ? `${JSON.stringify(documentOf(source, request, outcome))}\n`
        : `${outcome.files[0]}: ${rows} rows × ${columns} ${request.output === 'spectra' ? 'bins' : 'channels'}, ${unitOf(request, outcome.content.unit)}\n`
    )
  } catch (error) {
    progress.clear()
    if (error instanceof RecordingError) throw new CommandFailure(`${error.message}.`)
    if (error instanceof ExportError || error instanceof ExportCancelled) throw new CommandFailure(error.message)
    throw error
  } finally {
    release()
  }
}
