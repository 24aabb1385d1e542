import { annotationsAsCoco, annotationsFromCoco } from '../../src-preload/contract/annotationCoco.ts'
import { annotationsAsCsv, annotationsFromCsv } from '../../src-preload/contract/annotationCsv.ts'
import type { AnnotationAxes } from '../../src-preload/contract/annotationExchange.ts'
import type { Result } from '../../src-preload/contract/errors.ts'
import { failure, ok } from '../../src-preload/contract/errors.ts'
import type { JobSnapshot } from '../../src-preload/contract/schemas.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import { nanosecondsFromMilliseconds } from '../../src-preload/contract/units.ts'
import type { AnnotationsStore } from './annotationsStore.ts'

export type AnnotationFormat = 'csv' | 'coco'

export interface AnnotationFiles {
  /** Name and text of a file with all marks of a job. */
  write(job: JobSnapshot, format: AnnotationFormat): Promise<Result<{ name: string; text: string }>>
  /** Adds the marks of a file; says how many, and what could not be read. */
  read(job: JobSnapshot, text: string): Promise<Result<{ added: number; problems: string[] }>>
}

const columnsMost = 16_384
/** Of a live job: how far back the axes of a file reach, where no mark is older. */
const liveSpanNs = 600_000_000_000n

export function createAnnotationFiles(
  connection: CoreConnection,
  store: AnnotationsStore,
  nowMs: () => number
): AnnotationFiles {
  /** What the job's picture shows: asked of the core, which knows it also where no tile shows the job. */
  async function axesOf(job: JobSnapshot): Promise<Result<AnnotationAxes>> {
    const attached = await connection.call('views.attach', { jobId: job.id, columnsMax: columnsMost })
    if (!attached.ok) return attached
    const { subscription, description } = attached.value
    void connection.call('views.detach', { subscription })
    if (!description)
      return failure('unavailable', `${job.id} has no picture yet, so times and channels cannot be placed.`)
    const { columns, rowIntervalNs } = description
    const nowNs = nanosecondsFromMilliseconds(nowMs())
    const times = store.of(job.id).flatMap(({ points }) => points.map(({ timeNs }) => BigInt(timeNs)))
    const earliest = times.reduce((least, time) => (time < least ? time : least), nowNs - liveSpanNs)
    const range = job.request.timeRange
    return ok({
      firstChannel: columns.firstChannel,
      channelStep: columns.channelStep,
      channelCount: columns.count * columns.channelsPerColumn,
      firstDistanceM: columns.firstDistanceM,
      channelSpacingM: columns.channelSpacingM,
      startNs: range ? BigInt(range.startNs) : earliest,
      endNs: range ? BigInt(range.endNs) : nowNs,
      rowIntervalNs
    })
  }

  return {
    async write(job, format) {
      const axes = await axesOf(job)
      const marks = store.of(job.id)
      const stem = `${job.id}-annotations`
      if (format === 'csv')
        return ok({ name: `${stem}.csv`, text: annotationsAsCsv(marks, axes.ok ? axes.value : null) })
      return axes.ok
        ? ok({ name: `${stem}.coco.json`, text: annotationsAsCoco(marks, axes.value, `${job.id}.png`) })
        : axes
    },
    async read(job, text) {
      const axes = await axesOf(job)
      if (!axes.ok) return axes
      const fresh = { id: () => crypto.randomUUID(), nowNs: nanosecondsFromMilliseconds(nowMs()) }
      const isJson = /^\s*[[{]/.test(text.replace(/^\uFEFF/, ''))
      const { annotations, problems } = isJson
        ? annotationsFromCoco(text, axes.value, fresh)
        : annotationsFromCsv(text, axes.value, fresh)
      if (annotations.length === 0) return ok({ added: 0, problems })
      if (await store.put(job.id, annotations)) return ok({ added: annotations.length, problems })
      return failure('refused', store.getState().problem ?? 'The marks were not taken.')
    }
  }
}
