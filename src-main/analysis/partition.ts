import { planGrid } from './planGrid.ts'
import type { WorkerPlan } from './protocol.ts'

/** Work is handed out in pieces of about so long, so that a worker's other analyses wait no longer. */
const pieceMs = 8
/** Below this a row is not worth dividing. */
const dividedFromMs = 1
const partChannelsMin = 16
/** A guess, right within a factor of a few: nanoseconds for one sample of one pass of one transform. */
const passNs = 1
/** The same for a sample that is only looked at. */
const sampleNs = 2

/** Milliseconds that a row of so many channels takes, roughly. */
export function estimatedRowMs(
  plan: Pick<WorkerPlan, 'content' | 'nfft' | 'output' | 'samplesPerRow'>,
  channelCount: number
): number {
  if (plan.output === 'trace') return (channelCount * (plan.samplesPerRow ?? 1) * sampleNs) / 1e6
  const perChannelNs = plan.content === 'bandEnergy' ? 5 : plan.nfft * Math.log2(Math.max(2, plan.nfft)) * passNs
  return (channelCount * perChannelNs) / 1e6
}

/** Share of a core that a plan needs, roughly. A historic job takes whatever it can get. */
export function estimatedLoad(plan: WorkerPlan): number {
  if (!plan.live) return 1
  const rowMs = planGrid(plan).rowIntervalNs / 1e6
  return estimatedRowMs(plan, plan.channelCount) / rowMs
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b))

/** Parts begin at whole columns, and at whole groups of four channels: those that a kernel transforms together. */
function alignmentOf({ channelsPerColumn }: Pick<WorkerPlan, 'channelsPerColumn'>): number {
  return (channelsPerColumn * 4) / greatestDivisor(channelsPerColumn, 4)
}

export interface ChannelRange {
  firstChannel: number
  channelCount: number
}

/** The channels of a plan in as many ranges of nearly the same size as the workers can share. */
export function partition(plan: WorkerPlan, workerCount: number): ChannelRange[] {
  const { channelCount } = plan
  const isWorthIt = !plan.live || estimatedRowMs(plan, channelCount) >= dividedFromMs
  const most = Math.floor(channelCount / partChannelsMin)
  const parts = isWorthIt ? Math.max(1, Math.min(workerCount, most)) : 1
  const alignment = alignmentOf(plan)
  const ranges: ChannelRange[] = []
  for (let index = 0, first = 0; index < parts && first < channelCount; index++) {
    const ideal = (channelCount * (index + 1)) / parts
    const end = index === parts - 1 ? channelCount : Math.round(ideal / alignment) * alignment
    if (end <= first) continue
    ranges.push({ firstChannel: first, channelCount: Math.min(end, channelCount) - first })
    first = Math.min(end, channelCount)
  }
  return ranges
}

/** Channels of a part that are computed in one go. */
export function pieceChannelsOf(plan: WorkerPlan, { channelCount }: ChannelRange): number {
  const alignment = alignmentOf(plan)
  const fitting = Math.floor(pieceMs / estimatedRowMs(plan, alignment)) * alignment
  return Math.min(channelCount, Math.max(alignment, fitting))
}
