import { secondsFromNanoseconds, type Nanoseconds } from '../../src-preload/contract/units.ts'
import type { JobLimits } from '../jobs/validation.ts'
import { rowIntervalMinS, type ConfigureRequest } from './configureRequest.ts'
import type { AcquisitionSource, SourceDescription, SourceRange } from './sources/source.ts'

/** Which source a request is about, and what can be listed. */
export interface Catalogue {
  /** Null: nothing of that name, or nothing in that range, or no fibre. */
  choose(request: ConfigureRequest): AcquisitionSource | null
  ranges(fromNs: Nanoseconds, toNs: Nanoseconds): [start: number, end: number][]
  listed(): object[]
}

interface Sources {
  readonly live: AcquisitionSource | null
  readonly historic: readonly AcquisitionSource[]
}

function overlapNs(range: SourceRange, wish: { startNs: Nanoseconds; endNs: Nanoseconds }, nowNs: Nanoseconds): bigint {
  const end = range.endNs ?? nowNs
  const from = range.startNs > wish.startNs ? range.startNs : wish.startNs
  const to = end < wish.endNs ? end : wish.endNs
  return to > from ? to - from : 0n
}

/** Whole seconds, as the interface has them; a recording of 0.3 s is still a range. */
const wholeSeconds = (range: SourceRange): [number, number] => [
  Math.floor(secondsFromNanoseconds(range.startNs)),
  range.endNs === null ? -1 : Math.ceil(secondsFromNanoseconds(range.endNs))
]

/** A source that is live is still running: it ends at now only because there is no later yet. */
const openEnded = (source: AcquisitionSource, range: SourceRange): SourceRange =>
  source.live ? { ...range, endNs: null } : range

export function createCatalogue(sources: Sources, nowNs: () => Nanoseconds): Catalogue {
  const withRanges = (): { source: AcquisitionSource; range: SourceRange }[] =>
    sources.historic.flatMap((source) => {
      const range = source.historicRange(nowNs())
      return range ? [{ source, range: openEnded(source, range) }] : []
    })

  return {
    choose(request) {
      const { timeRange: wish, recording } = request
      if (wish === null) return recording === null || recording === sources.live?.description.name ? sources.live : null
      const named = withRanges().filter(({ source }) => recording === null || source.description.name === recording)
      // Recordings go before the running fibre, whose last day overlaps almost everything recent; then the greatest overlap.
      const rated = named
        .map(({ source, range }) => ({
          source,
          running: range.endNs === null,
          overlap: overlapNs(range, wish, nowNs())
        }))
        .filter(({ overlap }) => overlap > 0n)
      rated.sort((a, b) => Number(a.running) - Number(b.running) || Number(b.overlap - a.overlap))
      return rated[0]?.source ?? null
    },
    ranges: (fromNs, toNs) =>
      withRanges()
        .filter(({ range }) => overlapNs(range, { startNs: fromNs, endNs: toNs }, nowNs()) > 0n)
        .map(({ range }) => wholeSeconds(range))
        .sort(([a], [b]) => a - b),
    listed: () =>
      withRanges().map(({ source: { description }, range }) => ({
        name: description.name,
        start_time_ns: String(range.startNs),
        end_time_ns: range.endNs === null ? null : String(range.endNs),
        format: description.format,
        channels: { min: 1, max: description.channelCount },
        sample_rate_hz: description.sampleRateHz,
        bands: description.bands.map(({ lowHz, highHz }) => ({ low_hz: lowHz, high_hz: highHz })),
        unit: description.unit
      }))
  }
}

/** What is known without any source: the defaults of a site. */
const siteChannelHighest = 2222
const siteFrequencyMaxHz = 1000

/** J3's limits for one source; null: there is none, and what no fibre would take is refused all the same. */
export function limitsOf(description: SourceDescription | null): JobLimits {
  const isAnalysed = description?.content === 'bandEnergy'
  const highestBandHz = Math.max(0, ...(description?.bands ?? []).map((band) => band.highHz))
  return {
    channelLowest: 1,
    channelHighest: description?.channelCount ?? siteChannelHighest,
    frequencyMinHz: 0,
    frequencyMaxHz: Math.max(siteFrequencyMaxHz, Math.ceil(highestBandHz)),
    frequencyRangeMinHz: 1,
    prrHz: isAnalysed ? null : (description?.sampleRateHz ?? null),
    nfftMin: 128,
    nfftMaxMany: 2048,
    nfftMaxSingle: 65536,
    rowIntervalMinS
  }
}
