import { open, type FileHandle } from 'node:fs/promises'
import { logLevels, type LogLine, type LogQuery } from '../../src-preload/contract/logs.ts'

const chunkBytes = 256 * 1024
/** Of one question: what is older is left for the next one. */
const readMost = 64 * 1024 * 1024
const lineMost = 1024 * 1024

export interface LogAnswer {
  lines: LogLine[]
  /** Nothing older fits. */
  reachedEnd: boolean
  /** Lines that are none: cut by a crash, or written by something else. */
  unreadableLines: number
}

/** Lines of a file from its end, without reading it whole. */
async function* linesBackwards(handle: FileHandle, sizeBytes: number): AsyncGenerator<string> {
  let end = sizeBytes
  let rest: Buffer = Buffer.alloc(0)
  while (end > 0) {
    const from = Math.max(0, end - chunkBytes)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - from), 0, end - from, from)
    const bytes = Buffer.concat([buffer.subarray(0, bytesRead), rest])
    end = from
    // Split at line ends only: a chunk may begin in the middle of a letter.
    let lineEnd = bytes.length
    for (let at = bytes.lastIndexOf(10); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(10, at - 1)) {
      if (at + 1 < lineEnd) yield bytes.toString('utf8', at + 1, lineEnd)
      lineEnd = at
    }
    rest = bytes.subarray(0, Math.min(lineEnd, lineMost))
  }
  if (rest.length > 0) yield rest.toString('utf8')
}

function parsed(text: string): LogLine | null {
  try {
    const { time, level, event, component, job, repeated, ...values } = JSON.parse(text) as Record<string, unknown>
    const known = logLevels.find((one) => one === level)
    if (typeof time !== 'string' || typeof event !== 'string' || !known) return null
    return {
      time,
      level: known,
      event,
      component: typeof component === 'string' ? component : null,
      job: typeof job === 'string' ? job : null,
      repeated: typeof repeated === 'number' ? repeated : null,
      values
    }
  } catch {
    return null
  }
}

/** `files`: newest first. Those that are not there are passed over. */
export async function readLog(files: readonly string[], query: LogQuery): Promise<LogAnswer> {
  const lowest = logLevels.indexOf(query.level)
  const text = query.text?.toLowerCase() ?? null
  const answer: LogAnswer = { lines: [], reachedEnd: true, unreadableLines: 0 }
  let readBytes = 0
  for (const file of files) {
    const handle = await open(file, 'r').catch(() => null)
    if (!handle) continue
    try {
      for await (const raw of linesBackwards(handle, (await handle.stat()).size)) {
        readBytes += raw.length
        if (answer.lines.length >= query.limit || readBytes > readMost) return { ...answer, reachedEnd: false }
        if (text !== null && !raw.toLowerCase().includes(text)) continue
        const line = parsed(raw)
        if (!line) answer.unreadableLines++
        else if (
          logLevels.indexOf(line.level) >= lowest &&
          (query.job === null || line.job === query.job) &&
          (query.component === null || line.component === query.component) &&
          (query.event === null || line.event === query.event) &&
          (query.before === null || line.time < query.before)
        )
          answer.lines.push(line)
      }
    } finally {
      await handle.close()
    }
  }
  return answer
}
