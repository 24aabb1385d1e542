import type { ExportFormatName } from '../../../src-preload/contract/tasks.ts'
import type { ExportContent } from './exportContent.ts'

/** What was asked for cannot be exported, or writing it failed: one sentence that says what, where and what to do. */
export class ExportError extends Error {
  override readonly name = 'ExportError'
  /** Trying again may help: a disk that was full, a share that was away. */
  readonly mayPass: boolean

  constructor(message: string, options: { mayPass?: boolean } = {}) {
    super(message)
    this.mayPass = options.mayPass ?? false
  }
}

/** It was told to stop; nothing of it is left. */
export class ExportCancelled extends Error {
  override readonly name = 'ExportCancelled'

  constructor() {
    super('The export was cancelled; nothing of it is left.')
  }
}

export interface FormatCheck {
  /** Sentences: what the format cannot hold of this content, or holds in another way. */
  limits: string[]
  /** Why this content cannot be written at all; null where it can. */
  refusal: string | null
}

export interface ExportTarget {
  /** Does not exist yet: a file, or a folder, for the format to make. The caller puts it in its place or removes it. */
  path: string
  /** Name that it will have, without folders. */
  name: string
  signal: AbortSignal
  /** Rows that are done, of `content.rows`. */
  onRows(done: number): void
  /** Fields that go into the file beside it: what only writing it has found. */
  describe(fields: Record<string, unknown>): void
}

/** One format that is written. To add one: a module that exports this, and its line in `exportFormats.ts`. */
export interface ExportFormat {
  name: ExportFormatName
  /** What an operator calls it. */
  title: string
  /** With their dot; the first is the usual one. */
  endings: readonly string[]
  /**
   * What becomes of gaps. `kept`: the format has the time of every row or run. Others get an even grid of rows, with `NaN`
   * where nothing was recorded (integers become floating-point numbers), or zeros.
   */
  gaps: 'kept' | 'NaN' | 'zero'
  /** Several bands of a band-energy recording in one file; others get one band. */
  holdsBands: boolean
  check(content: ExportContent): FormatCheck
  /** About how many bytes it will take. */
  estimateBytes(content: ExportContent): number
  /** Writes `content` in slices; memory does not grow with it. Throws `ExportError`, `ExportCancelled` or what reading throws. */
  write(content: ExportContent, target: ExportTarget): Promise<void>
}

export const fits: FormatCheck = { limits: [], refusal: null }
