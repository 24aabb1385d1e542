import type { JobRequest } from '../../../src-preload/contract/schemas.ts'

/** Thirty of them are one fibre of 2 222 channels. */
export const channelsPerJob = 74

/** Short and long windows, the whole band and parts of it, fast and slow rows: as an operator's windows differ. */
const settings: Pick<JobRequest, 'nfft' | 'rowIntervalS' | 'band'>[] = [
  { nfft: 256, rowIntervalS: 0.05, band: null },
  { nfft: 1024, rowIntervalS: 0.1, band: { minHz: 5, maxHz: 200 } },
  { nfft: 512, rowIntervalS: 0.05, band: { minHz: 10, maxHz: 100 } },
  { nfft: 2048, rowIntervalS: 0.25, band: { minHz: 1, maxHz: 40 } },
  { nfft: 128, rowIntervalS: 0.05, band: { minHz: 100, maxHz: 400 } }
]

/** Live waterfalls side by side on a fibre, from its first channel again when it is used up. */
export function mixedJobs(count: number, fibre: { lowest: number; highest: number }): JobRequest[] {
  const channels = fibre.highest - fibre.lowest + 1
  const width = Math.min(channelsPerJob, channels)
  const places = Math.max(1, Math.floor(channels / width))
  return Array.from({ length: count }, (_, index) => {
    const min = fibre.lowest + (index % places) * width
    return {
      view: 'waterfall',
      channels: { min, max: min + width - 1 },
      timeRange: null,
      recording: null,
      ...settings[index % settings.length]!
    }
  })
}
