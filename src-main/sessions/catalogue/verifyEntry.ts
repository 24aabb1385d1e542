import { failure, ok, type Result } from '../../../src-preload/contract/errors.ts'
import type { SessionSummary, Verification } from '../../../src-preload/contract/sessions.ts'
import { verifySession } from '../../recordings/session/verifySession.ts'
import { statisticsOf } from '../../recordings/statistics.ts'
import type { OpenRecording } from './catalogue.ts'

const progressEveryMs = 200

/** Sessions: every frame and sum. Files: every sample is read, which is all that most formats allow to check. */
export async function verifyEntry(
  { id, kind, path, bytes, gaps }: Pick<SessionSummary, 'id' | 'kind' | 'path' | 'bytes' | 'gaps'>,
  openRecording: OpenRecording,
  signal: AbortSignal,
  onProgress: (doneBytes: number, totalBytes: number) => void
): Promise<Result<Verification>> {
  let lastMs = 0
  const tell = (done: number, total: number): void => {
    const nowMs = performance.now()
    if (nowMs - lastMs < progressEveryMs) return
    lastMs = nowMs
    onProgress(done, total)
  }
  try {
    if (kind === 'session') {
      const found = await verifySession(path, { signal, onProgress: tell })
      if (signal.aborted) return failure('cancelled', 'The program is closing; the session was not read to its end.')
      return ok({ id, ...found })
    }
  } catch (error) {
    return failure('unreadable', `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`)
  }
  return verifyFile({ id, path, bytes, gaps }, openRecording, tell)
}

async function verifyFile(
  { id, path, bytes, gaps }: Pick<SessionSummary, 'id' | 'path' | 'bytes' | 'gaps'>,
  openRecording: OpenRecording,
  tell: (done: number, total: number) => void
): Promise<Result<Verification>> {
  const result: Verification = { id, whole: true, frames: 0, bytes, samples: 0, gaps, problems: [], furtherProblems: 0 }
  try {
    const recording = await openRecording(path)
    const { time } = recording.info.shape
    const bands = Math.max(1, recording.info.bands.length)
    for (let band = 0; band < bands; band++)
      await statisticsOf(recording, {
        band,
        onProgress: (rows) => tell(Math.round((bytes * (band * time + rows)) / (bands * time)), bytes)
      })
    await recording.close()
    return ok({ ...result, samples: time })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return ok({ ...result, whole: false, problems: [{ file: path, offset: null, message }] })
  }
}
