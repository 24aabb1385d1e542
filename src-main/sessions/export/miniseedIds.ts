import type { ExportContent } from './exportContent.ts'
import type { ChannelId } from './miniseedRecord.ts'

/** FDSN: high broad band, distributed sensing, along the fibre. */
const channelCode = 'HSF'
/** FDSN: a network that has no code. */
const noNetwork = 'XX'
const mostStations = 100_000

export interface ChannelIds {
  /** In channel order, which is their order as text too; null where it is refused. */
  ids: ChannelId[] | null
  limit: string | null
  refusal: string | null
}

/** `9N.00066..HSF`, as the recording itself names its channels; null for other names. */
function idOfName(name: string | null): ChannelId | null {
  const match = /^([A-Z0-9]{1,2})\.([A-Z0-9]{1,5})\.([A-Z0-9]{0,2})\.([A-Z0-9]{3})$/.exec(name ?? '')
  if (!match) return null
  const [, network, station, location, channel] = match
  return { network: network!, station: station!, location: location!, channel: channel! }
}

/** The names that the recording gives; else its channel numbers, or where those do not fit, places, as five-digit stations. */
export function channelIds(content: ExportContent): ChannelIds {
  const { channels } = content
  const named = Array.from({ length: channels }, (_, i) => idOfName(content.channelName(i)))
  if (named.every((id) => id !== null)) {
    const distinct = new Set(named.map((id) => Object.values(id!).join('.')))
    if (distinct.size === channels) return { ids: named as ChannelId[], limit: null, refusal: null }
  }
  if (channels > mostStations)
    return {
      ids: null,
      limit: null,
      refusal: `miniSEED names ${mostStations} channels here, and this has ${channels}.`
    }
  const ends = [content.channelNumber(0), content.channelNumber(channels - 1)]
  const isNumbered = content.channelStep > 0 && ends.every((number) => number >= 0 && number < mostStations)
  const stations = Array.from({ length: channels }, (_, i) => (isNumbered ? content.channelNumber(i) : i))
  return {
    ids: stations.map((number) => ({
      network: noNetwork,
      station: String(number).padStart(5, '0'),
      location: '',
      channel: channelCode
    })),
    limit: isNumbered
      ? null
      : `Channels ${ends[0]} to ${ends[1]} are no five-digit station codes: they are named by their place, 00000 to ${String(channels - 1).padStart(5, '0')}.`,
    refusal: null
  }
}
