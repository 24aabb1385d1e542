import { bytesPerSample, type RingLayout } from './sampleRing.ts'

export interface RingDemand extends Pick<RingLayout, 'channelCount' | 'elementType'> {
  /** Longest window that is known to be read. */
  windowSamples: number
  /** Samples of a block. */
  blockSamples: number
  sampleIntervalNs: number
  live: boolean
}

/** Beside the window. Live: room for rows that are late, then they are shed. */
const liveSeconds = 1
const liveBytesMin = 2 * 1024 * 1024
/** Historic: half of it must take what still arrives after a pause, which is a gRPC flow-control window and more. */
const historicBytesMin = 16 * 1024 * 1024
const spareBytesMax = 128 * 1024 * 1024
const blocksMin = 8
/** Windows that others may ask for later on the same stream cost nothing up to here. */
const freeMirrorBytes = 16 * 1024 * 1024
const freeMirrorSamples = 2048

/** Room for a stream's samples: its longest window, what arrives meanwhile, and the mirror. */
export function ringLayoutFor(demand: RingDemand): RingLayout {
  const { channelCount, elementType, windowSamples, blockSamples, sampleIntervalNs, live } = demand
  const sampleBytes = bytesPerSample(demand)
  const free = Math.min(freeMirrorSamples, Math.floor(freeMirrorBytes / sampleBytes))
  const mirrorSamples = Math.max(windowSamples, free)
  const wantedBytes = live
    ? Math.max(liveBytesMin, (sampleBytes * liveSeconds * 1e9) / sampleIntervalNs)
    : historicBytesMin
  const spareSamples = Math.max(
    blocksMin * blockSamples,
    Math.floor(Math.min(spareBytesMax, wantedBytes) / sampleBytes)
  )
  return { channelCount, elementType, capacitySamples: mirrorSamples + spareSamples, mirrorSamples }
}
