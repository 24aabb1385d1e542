import type { SessionData, SessionSource } from '../../recordings/session/manifest.ts'
import type { SampleBlock, StreamOffer } from '../../streams/streamSource.ts'

/** What the manifest says of the samples of a block, from the offer that came before it. */
export function sessionDataOf(block: SampleBlock, offer: StreamOffer | null): SessionData {
  return {
    elementType: block.elementType,
    scale: block.scale,
    unit: offer?.unit ?? '',
    quantity: offer?.quantity ?? '',
    content: offer?.content === 'bandEnergy' ? 'bandEnergy' : 'samples',
    bandLowHz: offer?.bandLowHz ?? null,
    bandHighHz: offer?.bandHighHz ?? null,
    sampleIntervalNs: block.sampleIntervalNs,
    channelCount: block.channelCount,
    firstChannel: offer?.firstChannel ?? 0,
    channelStep: offer?.channelStep ?? 1,
    firstDistanceM: offer?.firstDistanceM ?? null,
    channelSpacingM: offer?.channelSpacingM ?? null,
    gaugeLengthM: offer?.gaugeLengthM ?? null
  }
}

export const isSameData = (a: SessionData, b: SessionData): boolean =>
  (Object.keys(a) as (keyof SessionData)[]).every((key) => a[key] === b[key])

export const sessionSourceOf = (
  offer: StreamOffer | null,
  { backend, jobId }: { backend: string; jobId: string | null }
): SessionSource => ({ name: offer?.sourceName ?? '', backend, live: offer?.live ?? true, jobId })
