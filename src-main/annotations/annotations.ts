import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Annotation } from '../../src-preload/contract/annotations.ts'
import { openAnnotationFile, type AnnotationFile } from './annotationFile.ts'

/** What marks belong to. A session carries its own with it; all else is kept in the data folder, by name. */
export type AnnotationSubject =
  { kind: 'fibre'; name: string } | { kind: 'recording'; name: string } | { kind: 'session'; folder: string }

export interface AnnotationsOptions {
  dataFolder: string
  /** Name of the file inside a session's folder. */
  sessionFileName: string
  changed(subject: string): void
  /** Some of what was kept could not be read. */
  damaged(file: string, reason: string, keptAside: string): void
  onError(error: unknown): void
}

export interface Annotations {
  of(subject: AnnotationSubject): Promise<AnnotationFile>
  /** Stable name of a subject, for events. */
  keyOf(subject: AnnotationSubject): string
  keptIn(subject: AnnotationSubject): string
  /** Copies the marks of a fibre that touch a time into a session of it. Gives how many. */
  copyInto(folder: string, fibre: string, startNs: bigint, endNs: bigint): Promise<number>
  dispose(): Promise<void>
}

/** Files that are read at the same time; the one that was not asked for longest is read anew when it is. */
const openMax = 64

const touches = ({ points }: Annotation, startNs: bigint, endNs: bigint): boolean => {
  const times = points.map(({ timeNs }) => BigInt(timeNs))
  return times.some((time) => time >= startNs) && times.some((time) => time < endNs)
}

export function createAnnotations(options: AnnotationsOptions): Annotations {
  const open = new Map<string, Promise<AnnotationFile>>()

  const words = (subject: AnnotationSubject): string =>
    subject.kind === 'session' ? subject.folder : `${subject.kind} ${subject.name}`
  const keyOf = (subject: AnnotationSubject): string =>
    `${subject.kind}-${createHash('sha256').update(words(subject)).digest('hex').slice(0, 24)}`
  const keptIn = (subject: AnnotationSubject): string =>
    subject.kind === 'session'
      ? join(subject.folder, options.sessionFileName)
      : join(options.dataFolder, 'annotations', `${keyOf(subject)}.json`)

  const forgetOldest = async (): Promise<void> => {
    for (const [key, opening] of open) {
      if (open.size <= openMax) return
      open.delete(key)
      await (await opening).settled()
    }
  }

  const of = (subject: AnnotationSubject): Promise<AnnotationFile> => {
    const key = keyOf(subject)
    const file = keptIn(subject)
    const opening =
      open.get(key) ??
      openAnnotationFile({
        file,
        subject: words(subject),
        onError: options.onError,
        damaged: (reason, keptAside) => options.damaged(file, reason, keptAside)
      })
    open.delete(key)
    open.set(key, opening)
    void forgetOldest()
    return opening
  }

  return {
    of,
    keyOf,
    keptIn,
    async copyInto(folder, fibre, startNs, endNs) {
      const from: AnnotationSubject = { kind: 'fibre', name: fibre }
      if (!open.has(keyOf(from)) && !existsSync(keptIn(from))) return 0
      const touching = (await of(from)).list().filter((one) => touches(one, startNs, endNs))
      if (touching.length === 0) return 0
      const session: AnnotationSubject = { kind: 'session', folder }
      const put = (await of(session)).put(touching)
      if (put.ok) options.changed(keyOf(session))
      return put.ok ? touching.length : 0
    },
    async dispose() {
      await Promise.all([...open.values()].map(async (opening) => (await opening).settled()))
    }
  }
}
