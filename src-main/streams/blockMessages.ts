import type { StreamOptions } from './createStream.ts'
import type { BlockMessage, OfferMessage } from './grpcServices.ts'
import type { StreamOffer } from './streamSource.ts'

export interface ReadOffer {
  offer: StreamOffer
  elementType: 'int16' | 'float32'
  scale: number
}

const elementTypes: Record<string, 'int16' | 'float32'> = { INT16: 'int16', FLOAT32: 'float32' }
const elementBytes = { int16: 2, float32: 4 }

/** A sentence where the offer cannot be worked with. */
export function readOffer(message: OfferMessage, options: StreamOptions): ReadOffer | string {
  const elementType = elementTypes[message.elementType]
  if (!elementType) return `an offer with the element type ${message.elementType}`
  if (!(message.sampleIntervalNs > 0) || !Number.isFinite(message.sampleIntervalNs))
    return `an offer with the sample interval ${message.sampleIntervalNs} ns`
  if (!(message.channelCount > 0)) return `an offer with ${message.channelCount} channels`
  if (!Number.isFinite(message.scale) || message.scale === 0) return `an offer with the scale ${message.scale}`
  const ownChannel = message.firstOwnChannel === undefined ? null : Number(message.firstOwnChannel)
  return {
    elementType,
    scale: message.scale,
    offer: {
      service: 'blocks',
      live: message.live,
      content: message.content === 'BAND_ENERGY' ? 'bandEnergy' : 'samples',
      sourceName: message.sourceName,
      unit: message.unit,
      quantity: message.quantity,
      firstChannel: ownChannel ?? (message.firstChannel || options.channels.min),
      channelStep: ownChannel === null ? 1 : message.ownChannelStep || 1,
      channelCount: message.channelCount,
      firstDistanceM: message.firstDistanceM ?? null,
      channelSpacingM: message.channelSpacingM ?? null,
      gaugeLengthM: message.gaugeLengthM ?? null,
      sampleIntervalNs: message.sampleIntervalNs,
      startNs: message.startTimeNs === undefined ? null : BigInt(message.startTimeNs),
      endNs: message.endTimeNs === undefined ? null : BigInt(message.endTimeNs),
      bandLowHz: message.bandLowHz ?? null,
      bandHighHz: message.bandHighHz ?? null
    }
  }
}

/** Null where the block is what it says; else what is wrong. Sizes are checked before a type is trusted. */
export function checkBlock(message: BlockMessage, offer: StreamOffer, elementType: 'int16' | 'float32'): string | null {
  const { sampleCount, channelCount, data } = message
  if (sampleCount < 1) return 'a block without samples'
  if (channelCount !== offer.channelCount) return `a block of ${channelCount} channels instead of ${offer.channelCount}`
  const expected = sampleCount * channelCount * elementBytes[elementType]
  if (data.length !== expected)
    return `a block of ${data.length} bytes that should have ${expected} (${sampleCount} × ${channelCount} ${elementType})`
  if (elementTypes[message.elementType] !== elementType) return `a block of type ${message.elementType}`
  if (!Number.isFinite(message.scale)) return `a block with the scale ${message.scale}`
  // An interval other than the offered one would put every later sample at a wrong time.
  if (!(Math.abs(message.sampleIntervalNs / offer.sampleIntervalNs - 1) < 1e-6))
    return `a block with the sample interval ${message.sampleIntervalNs} ns instead of ${offer.sampleIntervalNs}`
  return null
}
