import type { Command } from 'commander'
import { fileWindowNames, type FileWindowName } from '../dsp/windows.ts'
import { addAssumptionOptions } from './assumptionOptions.ts'
import { channelRangeOption, type ChannelRangeOption, timeRangeOption } from './rangeOptions.ts'
import { bandOption, type BandOption, nfftOption, overlapOption, windowOption } from './spectraOptions.ts'
import { requireNpy, runSpectra, type SpectraOptions } from './spectraRun.ts'

interface Options extends SpectraOptions {
  band: BandOption
  channels?: ChannelRangeOption
  nfft: number
  overlap: number
  window: FileWindowName
  db?: true
}

/** Adds `band-energy SOURCE TARGET.npy` to the program. */
export function registerBandEnergy(program: Command): void {
  const command = program
    .command('band-energy')
    .description('Write the energy in a band as an array, time × channel, with its axes in a file beside it.')
    .argument('<source>', 'a recording or the folder of a session; its format is recognised by its content')
    .argument('<target>', 'the NumPy file to make, ending in .npy; TARGET.json goes beside it')
    .requiredOption('--band <low:high>', 'in Hz, the bins at both ends in', bandOption)
    .option('--channels <from:to>', "both ends in, by the recording's own numbers", channelRangeOption)
    .option('--nfft <samples>', 'samples in a frame, a power of two', nfftOption, 1024)
    .option('--overlap <part>', 'part of a frame that it shares with the next one', overlapOption, 0.5)
    .option('--window <name>', fileWindowNames.join(', '), windowOption, 'hann')
    .option('--db', 'as 10·log10, with the floor at −300 dB')
    .option('--time <from:to>', 'half-open: seconds from the start, or times (UTC)', timeRangeOption)
    .option('--overwrite', 'replace the target where it is no earlier result')
    .option('--json', 'print one JSON document')
  addAssumptionOptions(command)
    .addHelpText(
      'after',
      '\nThe energy is the one-sided PSD summed over the bins inside the band times the bin width, in unit². Frames begin at' +
        ' the first sample; nothing is padded, and a rest that is too short is left out. Where a frame touches a gap or a' +
        ' sample that is no number, its channel is NaN.\n' +
        '\nExamples:\n  wavefall band-energy recording.h5 traffic.npy --band 5:40\n' +
        '  wavefall band-energy recording.h5 pump.npy --band 10:80 --channels 1:2222 --nfft 512 --overlap 0.5 --db'
    )
    .action(async (source: string, target: string, options: Options, command: Command) => {
      requireNpy(target, command)
      const { band, channels, nfft, overlap, window, db = false } = options
      const request = {
        ...{ nfft, overlap, window, band },
        ...{ scaling: 'psd' as const, isDecibels: db, output: 'bandEnergy' as const }
      }
      await runSpectra(source, target, request, channels, options)
    })
}
