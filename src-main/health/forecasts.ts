import type { Forecast, ReadingReference } from '../../src-preload/contract/health.ts'
import type { HealthSettings } from '../../src-preload/contract/healthSettings.ts'
import { growthOf, type Growth } from './growth.ts'
import type { Finding, FindingSink, Readings } from './readings.ts'
import { duration, spaced } from './sight.ts'

/** What is coming: limits that a steady trend reaches, and memory that only grows. */
export interface Forecasts {
  look(atMs: number, settings: HealthSettings): void
  list(): Forecast[]
}

const farMs = 24 * 3_600_000
const nearMs = 3_600_000
const queueAgeLimitS = 2

interface Subject {
  subject: string
  reading: ReadingReference
  jobId: string | null
  /** Rising towards the limit, or falling to nothing. */
  rises: boolean
  limits(settings: HealthSettings): number[]
  text(limit: number, inMs: number): string
  title: string
}

const bytes = (value: number): string => `${spaced(value / 1e6)} MB`

const memorySubject = (process: string): Subject => ({
  subject: process === 'core' ? 'memory' : `memory of ${process}`,
  reading: { name: 'wavefall_process_resident_bytes', labels: { process } },
  jobId: null,
  rises: true,
  limits: ({ memoryWarningMb, memoryCriticalMb, memoryEmergencyMb }) =>
    [memoryWarningMb, memoryCriticalMb, memoryEmergencyMb].map((limit) => limit * 1e6),
  text: (limit, inMs) =>
    `${process === 'core' ? 'Memory' : `Memory of ${process}`}: ${bytes(limit)} in about ${duration(inMs)}`,
  title: 'Memory reaches a limit'
})

const diskSubject: Subject = {
  subject: 'disk',
  reading: { name: 'wavefall_disk_free_bytes', labels: {} },
  jobId: null,
  rises: false,
  limits: () => [0],
  text: (_, inMs) => `The disk is full in about ${duration(inMs)}`,
  title: 'The disk will be full'
}

const jobSubjects = (job: string): Subject[] => [
  {
    subject: 'queue-age',
    reading: { name: 'wavefall_queue_age_seconds', labels: { queue: 'analysis', of: job } },
    jobId: job,
    rises: true,
    limits: () => [queueAgeLimitS],
    text: (limit, inMs) => `${job}: rows wait ${limit} s for analysis in about ${duration(inMs)}`,
    title: `Rows of ${job} wait longer and longer`
  },
  {
    subject: 'latency',
    reading: { name: 'wavefall_stream_latency_seconds', labels: { job, quantile: '0.95' } },
    jobId: job,
    rises: true,
    limits: ({ latencyCriticalMs }) => [latencyCriticalMs / 1000],
    text: (limit, inMs) => `${job}: rows are ${spaced(limit * 1000)} ms old (p95) in about ${duration(inMs)}`,
    title: `Rows of ${job} get older and older`
  }
]

export function createForecasts(options: {
  readings: Readings
  findings: FindingSink
  leakFound(text: string): void
}): Forecasts {
  const { readings, findings } = options
  const raised = new Map<string, string>()
  let forecasts: Forecast[] = []

  const pointsOf = ({ name, labels }: ReadingReference, fromMs: number, toMs: number) =>
    readings.history(name, labels, fromMs, toMs)[0]?.points ?? []

  function raise(finding: Finding): void {
    raised.set(`${finding.ruleId} ${finding.component}`, finding.component)
    findings.raise(finding)
  }

  function settle(wanted: ReadonlySet<string>): void {
    for (const [key, component] of raised)
      if (!wanted.has(key)) {
        raised.delete(key)
        findings.resolve(key.slice(0, key.indexOf(' ')), component)
      }
  }

  const asForecast = (
    { subject, reading, jobId }: Pick<Subject, 'subject' | 'reading' | 'jobId'>,
    growth: Growth,
    windowS: number
  ) => ({
    subject,
    reading,
    jobId,
    value: growth.last,
    perS: { slope: growth.perS.perUnit, low: growth.perS.low, high: growth.perS.high },
    growth: growth.ratio,
    windowS
  })

  function trendOf(subject: Subject, atMs: number, settings: HealthSettings): Forecast | null {
    const { forecastWindowS: windowS, forecastPercent } = settings
    const points = pointsOf(subject.reading, atMs - windowS * 1000, atMs)
    const growth = growthOf(points, windowS, atMs, subject.subject.startsWith('memory') ? 'floor' : 'median')
    if (!growth?.isSteady || (subject.rises ? growth.ratio <= 0 : growth.ratio >= 0)) return null
    const limit = subject.rises
      ? subject.limits(settings).find((one) => one > growth.last)
      : subject.limits(settings).find((one) => one < growth.last)
    if (limit === undefined) return null
    const inMs = (1000 * (limit - growth.last)) / growth.perS.perUnit
    const isMarked = Math.abs(growth.ratio) * 100 >= forecastPercent
    if (!(inMs > 0) || inMs > farMs || !(isMarked || inMs < nearMs)) return null
    return {
      ...asForecast(subject, growth, windowS),
      severity: 'warning',
      text: subject.text(limit, inMs),
      limit,
      reachedAtMs: atMs + inMs
    }
  }

  function leakOf(
    process: string,
    name: string,
    what: string,
    atMs: number,
    settings: HealthSettings
  ): Forecast | null {
    const { leakWindowS: windowS, leakPercent } = settings
    const reading = { name, labels: { process } }
    const growth = growthOf(pointsOf(reading, atMs - windowS * 1000, atMs), windowS, atMs, 'floor')
    if (!growth?.isSteady || growth.ratio * 100 < leakPercent) return null
    const minutes = windowS / 60
    const rate = growth.perS.perUnit * 60
    return {
      ...asForecast({ subject: 'leak', reading, jobId: null }, growth, windowS),
      severity: 'warning',
      text: `${what} of ${process} grew ${(growth.ratio * 100).toFixed(0)} % in ${minutes >= 1 ? `${minutes.toFixed(0)} min` : `${windowS} s`}, ${(rate / 1e6).toFixed(1)} MB a minute, and does not come back: a leak`,
      limit: null,
      reachedAtMs: null
    }
  }

  const processes = (name: string): string[] => [
    ...new Set(
      readings
        .current()
        .filter((reading) => reading.name === name)
        .map(({ labels }) => labels.process!)
    )
  ]

  return {
    look(atMs, settings) {
      const jobs = readings
        .current()
        .filter(({ name }) => name === 'wavefall_stream_rows_per_second')
        .map(({ labels }) => labels.job!)
      const subjects = [
        ...processes('wavefall_process_resident_bytes').map(memorySubject),
        diskSubject,
        ...jobs.flatMap(jobSubjects)
      ]
      const trends = subjects.flatMap((subject) => {
        const forecast = trendOf(subject, atMs, settings)
        return forecast ? [{ forecast, subject }] : []
      })
      // What the heap holds tells of a leak sooner than what the system counts; native memory only shows there.
      const leaks = [
        ...processes('wavefall_process_heap_used_bytes').flatMap(
          (process) => leakOf(process, 'wavefall_process_heap_used_bytes', 'The heap', atMs, settings) ?? []
        ),
        ...processes('wavefall_process_external_bytes').flatMap(
          (process) =>
            leakOf(process, 'wavefall_process_external_bytes', 'Memory outside of the heap', atMs, settings) ?? []
        ),
        ...processes('wavefall_process_resident_bytes').flatMap(
          (process) => leakOf(process, 'wavefall_process_resident_bytes', 'Resident memory', atMs, settings) ?? []
        )
      ].filter(
        (leak, at, all) => all.findIndex((other) => other.reading.labels.process === leak.reading.labels.process) === at
      )
      forecasts = [...trends.map(({ forecast }) => forecast), ...leaks]
      const wanted = new Set<string>()
      for (const leak of leaks) {
        const component = leak.reading.labels.process!
        const key = `memory-leak ${component}`
        wanted.add(key)
        if (!raised.has(key)) options.leakFound(leak.text)
        raise({
          ruleId: 'memory-leak',
          component,
          severity: 'warning',
          title: `${component} leaks memory`,
          description: `${leak.text}. Take a heap profile of it under Health: the largest growers are named there.`,
          value: leak.growth * 100,
          threshold: settings.leakPercent
        })
      }
      for (const { forecast, subject } of settings.forecasts ? trends : []) {
        const component = forecast.jobId ?? forecast.subject
        wanted.add(`forecast-${forecast.subject.split(' ')[0]!} ${component}`)
        raise({
          ruleId: `forecast-${forecast.subject.split(' ')[0]!}`,
          component,
          severity: 'warning',
          title: subject.title,
          description: `Forecast: ${forecast.text}, if it goes on as in the last ${duration(forecast.windowS * 1000)}.`,
          value: forecast.value,
          threshold: forecast.limit,
          isForecast: true,
          jobId: forecast.jobId
        })
      }
      settle(wanted)
    },
    list: () => [...forecasts]
  }
}
