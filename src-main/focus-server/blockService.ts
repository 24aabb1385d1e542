import type { FedBlock } from './jobFeed.ts'
import type { ChannelBlock, JobPlan } from './jobPlan.ts'

export const protocolVersion = 1

export function offerMessage(jobId: string, plan: JobPlan, channels: ChannelBlock): object {
  const { description: source } = plan.source
  const spacing = source.channelSpacingM
  const { range } = plan
  return {
    offer: {
      version: protocolVersion,
      jobId,
      sourceName: source.name,
      live: range === null,
      content: source.content === 'samples' ? 'SAMPLES' : 'BAND_ENERGY',
      elementType: plan.elementType === 'int16' ? 'INT16' : 'FLOAT32',
      scale: source.scale,
      unit: source.unit,
      quantity: source.quantity,
      sampleIntervalNs: source.sampleIntervalNs,
      firstChannel: channels.firstChannel + 1,
      channelCount: channels.channelCount,
      ownChannelStep: source.ownChannelStep,
      ...(source.firstOwnChannel === null
        ? {}
        : { firstOwnChannel: String(source.firstOwnChannel + channels.firstChannel * source.ownChannelStep) }),
      ...(source.firstDistanceM === null
        ? {}
        : { firstDistanceM: source.firstDistanceM + channels.firstChannel * (spacing ?? 0) }),
      ...(spacing === null ? {} : { channelSpacingM: spacing }),
      ...(source.gaugeLengthM === null ? {} : { gaugeLengthM: source.gaugeLengthM }),
      ...(range === null
        ? {}
        : {
            startTimeNs: String(plan.source.timeOfSample(range.firstSample)),
            endTimeNs: String(plan.source.timeOfSample(range.endSample))
          }),
      ...(source.content === 'bandEnergy' ? { bandLowHz: plan.lowHz, bandHighHz: plan.highHz } : {})
    }
  }
}

/** `spoil`: what a faulty source asks for, a message whose bytes do not match its shape, or values that are not finite. */
export function blockMessage(
  block: FedBlock,
  plan: JobPlan,
  channels: ChannelBlock,
  spoil: 'shape' | 'nan' | null
): object {
  if (block.kind === 'gap') {
    return {
      gap: {
        firstSequence: String(block.firstSequence),
        lastSequence: String(block.lastSequence),
        startTimeNs: String(block.startNs),
        endTimeNs: String(block.endNs),
        reason: block.reason
      }
    }
  }
  const { description: source } = plan.source
  const { values } = block
  if (spoil === 'nan') values.fill(Number.NaN)
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  return {
    block: {
      sequence: String(block.sequence),
      startTimeNs: String(block.startNs),
      firstSample: String(block.gridSample),
      sampleCount: block.sampleCount,
      firstChannel: channels.firstChannel + 1,
      channelCount: channels.channelCount,
      sampleIntervalNs: source.sampleIntervalNs,
      elementType: values instanceof Int16Array ? 'INT16' : 'FLOAT32',
      scale: source.scale,
      unit: source.unit,
      data: spoil === 'shape' ? bytes.subarray(0, bytes.length - 3) : bytes
    }
  }
}
