import type { annotationCalls } from '../src-preload/contract/annotations.ts'
import type { Handlers } from '../src-preload/contract/calls.ts'
import { failure, ok, type Result } from '../src-preload/contract/errors.ts'
import type { JobRequest } from '../src-preload/contract/schemas.ts'
import type { CaptureSnapshot } from '../src-preload/contract/sessions.ts'
import { type Annotations, type AnnotationSubject, createAnnotations } from './annotations/annotations.ts'
import type { CorePort } from './coreInterface.ts'
import type { CoreWindows } from './coreWindows.ts'
import type { JobManager } from './jobs/jobManager.ts'
import type { Notices } from './jobs/notices.ts'
import { annotationsName } from './recordings/session/paths.ts'

export interface CoreAnnotationsOptions {
  dataFolder: string
  jobs(): JobManager
  /** What live jobs show. */
  fibreName(): string
  /** Folder of the session that a recording of the backend is; null for all else. */
  sessionFolderOf(recording: string): string | null
  windows: CoreWindows
  notices: Notices
  onError(error: unknown): void
}

export interface CoreAnnotations {
  readonly handlers: Pick<Handlers<CorePort>, keyof typeof annotationCalls>
  /** What became of captures: a session that is closed gets the marks of its time. */
  capturesChanged(captures: readonly CaptureSnapshot[]): void
  dispose(): Promise<void>
}

/** Marks in time and along the fibre, kept with what they mark. */
export function createCoreAnnotations(options: CoreAnnotationsOptions): CoreAnnotations {
  const { windows, notices } = options
  const changed = (subject: string): void => windows.broadcast('annotations.changed', { subject })
  const annotations: Annotations = createAnnotations({
    dataFolder: options.dataFolder,
    sessionFileName: annotationsName,
    changed,
    damaged: (file, reason, keptAside) =>
      notices.add({
        severity: 'warning',
        title: 'A file of annotations is damaged',
        detail: `${file}: ${reason}. What could be read is used; the file as it was is kept as ${keptAside}.`,
        jobId: null
      }),
    onError: options.onError
  })
  const copied = new Set<string>()
  let copying: Promise<unknown> = Promise.resolve()

  const subjectOf = ({ timeRange, recording }: JobRequest): AnnotationSubject => {
    if (timeRange === null) return { kind: 'fibre', name: options.fibreName() }
    if (recording === null) return { kind: 'fibre', name: options.fibreName() }
    const folder = options.sessionFolderOf(recording)
    return folder === null ? { kind: 'recording', name: recording } : { kind: 'session', folder }
  }

  const subjectOfJob = (jobId: string): Result<AnnotationSubject> => {
    const job = options
      .jobs()
      .list()
      .find(({ id }) => id === jobId)
    return job ? ok(subjectOf(job.request)) : failure('not-found', `There is no job "${jobId}".`)
  }

  return {
    handlers: {
      async 'annotations.list'({ jobId }) {
        const subject = subjectOfJob(jobId)
        if (!subject.ok) return subject
        return ok({
          subject: annotations.keyOf(subject.value),
          annotations: (await annotations.of(subject.value)).list(),
          kept: annotations.keptIn(subject.value)
        })
      },
      async 'annotations.put'({ jobId, annotations: list }) {
        const subject = subjectOfJob(jobId)
        if (!subject.ok) return subject
        const put = (await annotations.of(subject.value)).put(list)
        if (put.ok) changed(annotations.keyOf(subject.value))
        return put
      },
      async 'annotations.remove'({ jobId, ids }) {
        const subject = subjectOfJob(jobId)
        if (!subject.ok) return subject
        const removed = (await annotations.of(subject.value)).remove(ids)
        if (removed > 0) changed(annotations.keyOf(subject.value))
        return ok({ removed })
      }
    },
    capturesChanged(captures) {
      for (const { id, state, folder, startNs, endNs } of captures) {
        if (state !== 'closed' || folder === null || startNs === null || endNs === null || copied.has(id)) continue
        copied.add(id)
        copying = copying
          .then(() => annotations.copyInto(folder, options.fibreName(), BigInt(startNs), BigInt(endNs)))
          .catch((error: unknown) => options.onError(error))
      }
    },
    async dispose() {
      await copying
      await annotations.dispose()
    }
  }
}
