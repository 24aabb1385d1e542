import { rename } from 'node:fs/promises'
import { z } from 'zod'
import { annotation, annotationsMax, type Annotation } from '../../src-preload/contract/annotations.ts'
import { failure, ok, type Result } from '../../src-preload/contract/errors.ts'
import { createSerialWriter, readVersionedJson } from '../storage/atomicFile.ts'

const version = 1

/** The marks of one fibre or recording, in one file. */
export interface AnnotationFile {
  list(): Annotation[]
  /** Adds those whose id is new and replaces the others; refuses more than `annotationsMax`. */
  put(annotations: readonly Annotation[]): Result<{ added: number; changed: number }>
  remove(ids: readonly string[]): number
  settled(): Promise<void>
}

export interface AnnotationFileOptions {
  file: string
  /** For a person who reads the file. */
  subject: string
  onError(error: unknown): void
  /** The file was there and could not be used, wholly or in part: it is kept aside under that name. */
  damaged(reason: string, keptAside: string): void
}

const byTime = (a: Annotation, b: Annotation): number => {
  const difference = BigInt(a.points[0]!.timeNs) - BigInt(b.points[0]!.timeNs)
  return difference < 0n ? -1 : difference > 0n ? 1 : a.id < b.id ? -1 : 1
}

/** Reads what is there; what cannot be read is put aside, so that the next writing costs nobody a mark. */
export async function openAnnotationFile(options: AnnotationFileOptions): Promise<AnnotationFile> {
  const { file } = options
  const read = await readVersionedJson(file, version)
  const annotations = new Map<string, Annotation>()
  const problems: string[] = []
  if (read.state === 'damaged') problems.push(read.reason)
  if (read.state === 'read') {
    const list = z.object({ annotations: z.array(z.unknown()) }).safeParse(read.value)
    if (!list.success) problems.push('holds no list of annotations')
    for (const [index, one] of (list.data?.annotations ?? []).entries()) {
      const parsed = annotation.safeParse(one)
      if (parsed.success) annotations.set(parsed.data.id, parsed.data)
      else problems.push(`entry ${index + 1}: ${parsed.error.issues[0]?.message ?? 'is no annotation'}`)
    }
  }
  if (problems.length > 0) {
    const keptAside = `${file}.damaged-${Date.now()}`
    await rename(file, keptAside).catch(options.onError)
    options.damaged(problems.slice(0, 3).join('; '), keptAside)
  }
  const writer = createSerialWriter(file, version, options.onError)
  const sorted = (): Annotation[] => [...annotations.values()].sort(byTime)
  const write = (): void => void writer.write({ subject: options.subject, annotations: sorted() })
  if (problems.length > 0 && annotations.size > 0) write()

  return {
    list: sorted,
    put(changes) {
      const added = changes.filter(({ id }) => !annotations.has(id)).length
      if (annotations.size + added > annotationsMax)
        return failure(
          'refused',
          `${options.subject} has ${annotations.size} annotations; ${added} more would be above ${annotationsMax}. Export and remove some first.`
        )
      for (const one of changes) annotations.set(one.id, one)
      write()
      return ok({ added, changed: changes.length - added })
    },
    remove(ids) {
      const removed = ids.filter((id) => annotations.delete(id)).length
      if (removed > 0) write()
      return removed
    },
    settled: () => writer.settled()
  }
}
