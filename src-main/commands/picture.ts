import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { colourMapChoices } from '../../src-preload/contract/drawing/colourMaps.ts'
import { themeNames, type ThemeName } from '../../src-preload/contract/drawing/themes.ts'
import { RecordingError } from '../recordings/recording.ts'
import { ExportCancelled, ExportError } from '../sessions/export/exportFormat.ts'
import {
  defaultPictureRequest,
  greatestPictureSide,
  leastPictureSize,
  type PictureRequest,
  type PictureViewName,
  pictureViews
} from '../sessions/pictures/pictureRequest.ts'
import { writePicture } from '../sessions/pictures/writePicture.ts'
import { addAssumptionOptions, type AssumptionOptions, openStated } from './assumptionOptions.ts'
import { cancelOnSignals } from './cancelOnSignals.ts'
import { createProgressLine } from './progressLine.ts'
import {
  channelRangeOption,
  type ChannelRangeOption,
  channelSelection,
  timeRangeOption,
  type TimeRangeOption,
  timeSelection
} from './rangeOptions.ts'
import { CommandFailure } from './runProgram.ts'
import { bandOption, type BandOption, nfftOption } from './spectraOptions.ts'

interface Size {
  width: number
  height: number
}

interface Options extends AssumptionOptions {
  view: PictureViewName
  time?: TimeRangeOption
  channels?: ChannelRangeOption
  band?: BandOption
  levels: PictureRequest['levels']
  map: string
  size: Size
  nfft?: number
  theme: ThemeName
  overwrite?: true
  json?: true
}

const oneOf =
  <Name extends string>(names: readonly Name[]) =>
  (text: string): Name => {
    const found = names.find((name) => name === text)
    if (!found) throw new InvalidArgumentError(`Give one of ${names.join(', ')}.`)
    return found
  }

/** `-80:-20` or `auto`. */
function levelsOption(text: string): PictureRequest['levels'] {
  if (text.trim().toLowerCase() === 'auto') return null
  const match = /^\s*([-+]?[\d.]+(?:e[-+]?\d+)?)\s*:\s*([-+]?[\d.]+(?:e[-+]?\d+)?)\s*$/i.exec(text)
  const [low, high] = [Number(match?.[1] ?? NaN), Number(match?.[2] ?? NaN)]
  if (!Number.isFinite(low) || !Number.isFinite(high) || low >= high)
    throw new InvalidArgumentError('Give LO:HI, LO below HI, such as -80:-20, or auto.')
  return { low, high }
}

function sizeOption(text: string): Size {
  const match = /^\s*(\d{1,6})\s*[x×]\s*(\d{1,6})\s*$/i.exec(text)
  const [width, height] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)]
  const least = leastPictureSize
  const fits = Math.max(width, height) <= greatestPictureSide
  if (width < least.width || height < least.height || !fits)
    throw new InvalidArgumentError(
      `Give WIDTHxHEIGHT in pixels, from ${least.width}x${least.height}, which the axes need, to ${greatestPictureSide}x${greatestPictureSide}.`
    )
  return { width, height }
}

function requestOf({ view, band, levels, map, size, nfft, theme }: Options): PictureRequest {
  return { view, band: band ?? null, levels, colourMap: map, theme, nfft: nfft ?? null, ...size }
}

async function picture(source: string, target: string, options: Options): Promise<void> {
  const progress = createProgressLine(process.stderr)
  const cancelling = new AbortController()
  const release = cancelOnSignals(() => cancelling.abort())
  try {
    const document = await writePicture({
      source,
      target,
      request: requestOf(options),
      overwrite: options.overwrite ?? false,
      signal: cancelling.signal,
      open: (path) => openStated(path, options),
      selection: (info) => ({
        time: timeSelection(options.time, info),
        channels: channelSelection(options.channels, info),
        band: null,
        decimate: 1
      }),
      onProgress: (done, total) => progress.update(`Reading ${source}: ${Math.floor((done / total) * 100)} %`)
    })
    progress.clear()
    for (const warning of document.warnings) process.stderr.write(`${warning}\n`)
    const { channels, width, height, view } = document
    const shown = channels.count === 1 ? `channel ${channels.first}` : `channels ${channels.first} to ${channels.last}`
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ source, target: resolve(target), ...document })}\n`
        : `${resolve(target)}: ${view} of ${shown}, ${width} × ${height} pixels\n`
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

/** Adds `picture SOURCE TARGET.png` to the program. */
export function registerPicture(program: Command): void {
  const mapNames = colourMapChoices.map(({ name }) => name)
  const { view, colourMap, theme, width, height } = defaultPictureRequest
  const command = program
    .command('picture')
    .description('Draw a recording as a window shows it, with axes, units and a colour bar, without a window.')
    .argument('<source>', 'a recording or the folder of a session; its format is recognised by its content')
    .argument('<target>', 'the picture to make, ending in .png')
    .option('--view <name>', pictureViews.join(', '), oneOf(pictureViews), view)
    .option('--time <from:to>', 'half-open: seconds from the start, or times (UTC)', timeRangeOption)
    .option('--channels <from:to>', "both ends in, by the recording's own numbers", channelRangeOption)
    .option('--band <low:high>', 'in Hz, both ends in (traces: what passes the filter)', bandOption)
    .option('--levels <low:high>', 'first and last colour in dB (traces: amplitude), or auto', levelsOption, null)
    .option('--map <name>', mapNames.join(', '), oneOf(mapNames), colourMap)
    .option('--size <WxH>', 'pixels', sizeOption, { width, height })
    .option('--nfft <samples>', 'samples in a frame, a power of two; left out, it follows from the size', nfftOption)
    .option('--theme <name>', themeNames.join(', '), oneOf(themeNames), theme)
    .option('--overwrite', 'replace the target where it is no picture')
    .option('--json', 'print one JSON document: what was drawn, and where')
  addAssumptionOptions(command)
    .addHelpText(
      'after',
      '\nA spectrogram is of one channel: the middle one, unless --channels names one.\n' +
        '\nExamples:\n  wavefall picture recording.h5 recording.png --band 5:40\n' +
        '  wavefall picture recording.tdms event.png --time 10:20 --channels 100:400 --levels -80:-20 --map magma --size 1920x1080\n' +
        '  wavefall picture recording.h5 channel120.png --view spectrogram --channels 120'
    )
    .action(async (source: string, target: string, options: Options, command: Command) => {
      if (!/.\.png$/i.test(target))
        command.error(`error: ${target}: the picture is a PNG file; give a name that ends in .png.`, { exitCode: 2 })
      await picture(source, target, options)
    })
}
