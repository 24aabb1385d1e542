import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readingKinds } from '../../../src-main/health/kinds.ts'

const root = resolve(import.meta.dirname, '../../../src-main')
/** What computes, reads files or is another process; its queues are those of whoever asks it. */
const elsewhere = /^(dsp|recordings|focus-server)\//

/** Each queue, ring and cache of the core, by the file that makes it, and the reading that tells how full it is. */
const read: Record<string, string> = {
  'analysis/rowQueue.ts': 'wavefall_queue_length',
  'analysis/sampleRing.ts': 'wavefall_queue_length',
  'analysis/rowLog.ts': 'wavefall_stream_shed_rows_total',
  'jobs/rowPacer.ts': 'wavefall_stream_pauses_total',
  'sessions/capture/frameQueue.ts': 'wavefall_queue_length',
  'tasks/taskQueue.ts': 'wavefall_queue_length',
  'storage/cache.ts': 'wavefall_cache_bytes',
  'storage/log.ts': 'wavefall_queue_length',
  'health/historyFile.ts': 'wavefall_monitoring_history_dropped_lines_total',
  'health/seriesRing.ts': 'wavefall_monitoring_memory_bytes',
  'health/alerts/raiseQueue.ts': 'wavefall_queue_length',
  'health/alerts/alerts.ts': 'wavefall_queue_length',
  'health/alerts/channels/channelQueue.ts': 'wavefall_queue_length'
}

/** What looks like one and is none, or is told otherwise. */
const notRead: Record<string, string> = {
  'analysis/ringSize.ts': 'says how large a ring is to be',
  'coreOverviews.ts': 'overviews that wait; beyond the bound they are refused to the window that asks, with a time',
  'jobs/feedPool.ts': 'holds the open streams, which are all read',
  'streams/rowMerger.ts': 'parts of one row of several streams; what is late is counted as lost rows of the stream',
  'desktop/windowChannel.ts': 'calls under way; beyond the bound they are refused to the window that makes them',
  'web/socketClients.ts': 'unsent bytes of a client; beyond the bound it is disconnected, which the log has',
  'web/api/live.ts': 'unsent bytes of a client; beyond the bound it is disconnected, which the log has',
  'access/auditLog.ts': 'lines of the audit; what waits is written before an answer goes out',
  'health/alerts/pictures.ts': 'pictures of alerts; those that are left out are counted with the alerts'
}

const sources = (readdirSync(root, { recursive: true }) as string[])
  .map((file) => file.split('\\').join('/'))
  .filter((file) => file.endsWith('.ts') && !elsewhere.test(file))
const named = /(queue|cache|ring|pool|pacer|buffer|backlog|rowLog)[A-Za-z]*\.ts$/i
const bound = /const \w*(queue|waiting|backlog|buffered|pending|raising|atOnce)\w*(Max|Most)\w* = /i

test('every queue, ring and cache has a reading: a new one is added to the table above, with the reading that tells of it', () => {
  const found = sources.filter((file) => {
    const name = file.split('/').at(-1)!
    return (named.test(name) && /^[a-z]/.test(name)) || bound.test(readFileSync(join(root, file), 'utf8'))
  })
  const unknown = found.filter((file) => !(file in read) && !(file in notRead) && !/(cacheReading|string)/i.test(file))
  expect(unknown).toEqual([])
})

test('what the table names exists', () => {
  const kinds = new Set(readingKinds.map(({ name }) => name))
  for (const [file, reading] of Object.entries(read)) {
    expect(sources, file).toContain(file)
    expect(kinds, reading).toContain(reading)
  }
  for (const file of Object.keys(notRead)) expect(sources, file).toContain(file)
})

test('caches are made by the one maker that lists them', () => {
  const makers = sources.filter(
    (file) => file !== 'storage/cache.ts' && /createCache[<(]/.test(readFileSync(join(root, file), 'utf8'))
  )
  expect(makers).toEqual([])
})
