import type { Command } from 'commander'
import type { SpectrumScaling } from '../dsp/preciseSpectrum.ts'
import { fileWindowNames, type FileWindowName } from '../dsp/windows.ts'
import { addAssumptionOptions } from './assumptionOptions.ts'
import { timeRangeOption } from './rangeOptions.ts'
import {
  channelNumberOption,
  nfftOption,
  overlapOption,
  scalingOption,
  wholeBand,
  windowOption
} from './spectraOptions.ts'
import { requireNpy, runSpectra, type SpectraOptions } from './spectraRun.ts'

interface Options extends SpectraOptions {
  channel: number
  nfft: number
  overlap: number
  window: FileWindowName
  scaling: SpectrumScaling
  db?: true
}

/** Adds `spectrogram SOURCE TARGET.npy` to the program. */
export function registerSpectrogram(program: Command): void {
  const command = program
    .command('spectrogram')
    .description(
      'Write the spectrogram of one channel as an array, time × frequency, with its axes in a file beside it.'
    )
    .argument('<source>', 'a recording or the folder of a session; its format is recognised by its content')
    .argument('<target>', 'the NumPy file to make, ending in .npy; TARGET.json goes beside it')
    .requiredOption('--channel <number>', "the channel, by the recording's own numbers", channelNumberOption)
    .option('--nfft <samples>', 'samples in a frame, a power of two', nfftOption, 1024)
    .option('--overlap <part>', 'part of a frame that it shares with the next one', overlapOption, 0.5)
    .option('--window <name>', fileWindowNames.join(', '), windowOption, 'hann')
    .option(
      '--scaling <name>',
      'psd (unit²/Hz) or spectrum (unit²; a sine reads its mean square)',
      scalingOption,
      'psd'
    )
    .option('--db', 'as 10·log10, with the floor at −300 dB')
    .option('--time <from:to>', 'half-open: seconds from the start, or times (UTC)', timeRangeOption)
    .option('--overwrite', 'replace the target where it is no earlier result')
    .option('--json', 'print one JSON document')
  addAssumptionOptions(command)
    .addHelpText(
      'after',
      '\nFrames begin at the first sample; nothing is padded, no mean is taken off, and a rest that is too short is left out.' +
        ' Values are one-sided. Rows whose frame touches a gap or a sample that is no number are NaN.\n' +
        '\nExamples:\n  wavefall spectrogram recording.h5 channel120.npy --channel 120\n' +
        '  wavefall spectrogram recording.tdms event.npy --channel 120 --time 10:20 --nfft 4096 --overlap 0.75 --db'
    )
    .action(async (source: string, target: string, options: Options, command: Command) => {
      requireNpy(target, command)
      const { channel, nfft, overlap, window, scaling, db = false } = options
      const request = { nfft, overlap, window, scaling, isDecibels: db, band: wholeBand, output: 'spectra' as const }
      await runSpectra(source, target, request, { from: channel, to: channel }, options)
    })
}
