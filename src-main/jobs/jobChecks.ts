import type { LoadEstimate } from '../../src-preload/contract/calls.ts'
import { failure, type FieldError } from '../../src-preload/contract/errors.ts'
import type { BackendRecording, BackendStatus, JobRequest } from '../../src-preload/contract/schemas.ts'
import type { Settings } from '../../src-preload/contract/settings.ts'
import { loadEstimate, type LoadLimits } from './loadScore.ts'
import { bandEnergyRefusal } from './viewPlan.ts'
import { validateJobRequest, type JobLimits } from './validation.ts'

export interface RequestLimits {
  job: JobLimits
  load: LoadLimits
  /** Why this view cannot show what is asked for at all. */
  refusal?: string | null
}
export type JobLimitsReader = (request: JobRequest) => RequestLimits

/**
 * Load score that one analysis worker takes live with half of its time to spare: 2 222 channels · 1 000 Hz · NFFT 1024 as a
 * waterfall is 44 million.
 */
const scorePerWorker = 150e6
const rowIntervalMinS = 0.005

/** The site's limits, narrowed by what the backend says of its fibre or of the recording that is asked for. */
export function limitsFor(
  request: JobRequest,
  { site, jobs }: Settings,
  backend: BackendStatus,
  recording: BackendRecording | null,
  workerCount: number
): RequestLimits {
  const live = request.timeRange === null
  const channels = live ? { min: backend.channels?.lowest, max: backend.channels?.highest } : recording?.channels
  const rateHz = live ? (backend.fibre?.prrHz ?? null) : recording?.bands.length === 0 ? recording.sampleRateHz : null
  const prrHz = rateHz !== null && rateHz > 0 ? rateHz : null
  // A recording of band energy has the bands that it has, also one that its instrument says begins below 0 Hz.
  const stored = live ? [] : (recording?.bands ?? [])
  return {
    job: {
      // A recording has the channels that it has, whatever the fibre of the site.
      channelLowest: channels?.min ?? site.channelLowest,
      channelHighest: live
        ? Math.min(site.channelHighest, channels?.max ?? Infinity)
        : (channels?.max ?? site.channelHighest),
      frequencyMinHz: Math.min(site.frequencyMinHz, ...stored.map(({ lowHz }) => lowHz)),
      frequencyMaxHz: Math.max(site.frequencyMaxHz, ...stored.map(({ highHz }) => highHz)),
      frequencyRangeMinHz: Math.min(site.frequencyRangeMinHz, ...stored.map(({ lowHz, highHz }) => highHz - lowHz)),
      prrHz,
      nfftMin: site.nfftMin,
      nfftMaxMany: site.nfftMaxMany,
      nfftMaxSingle: site.nfftMaxSingle,
      rowIntervalMinS
    },
    load: {
      scoreLimit: scorePerWorker * Math.max(1, workerCount),
      memoryLimitBytes: jobs.memoryPerJobMaxBytes,
      nyquistHz: prrHz === null ? site.frequencyMaxHz : prrHz / 2,
      nfftMin: site.nfftMin
    },
    refusal:
      recording && recording.bands.length > 0 && request.view !== 'waterfall'
        ? bandEnergyRefusal(recording.name ?? 'This recording')
        : null
  }
}

/** What the form shows while it is filled in. */
export function validateRequest(
  request: JobRequest,
  limits: RequestLimits,
  nowNs: bigint
): { fields: FieldError[]; load: LoadEstimate } {
  return { fields: validateJobRequest(request, limits.job, nowNs), load: loadEstimate(request, limits.load) }
}

/** Null where the request may be opened. */
export function checkRequest(
  request: JobRequest,
  limits: RequestLimits,
  nowNs: bigint
): ReturnType<typeof failure> | null {
  const { fields, load } = validateRequest(request, limits, nowNs)
  if (fields.length > 0) {
    const words = fields.map((field) => `${field.path}: ${field.message}`).join('; ')
    return failure('invalid', `${words}.`, { fields })
  }
  if (load.memoryBytes > load.memoryLimitBytes) {
    const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`
    return failure(
      'refused',
      `The job needs ${megabytes(load.memoryBytes)}, more than the ${megabytes(load.memoryLimitBytes)} a job may have. ${load.suggestion}`
    )
  }
  return limits.refusal ? failure('unsupported', limits.refusal) : null
}
