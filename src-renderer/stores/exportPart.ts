import type { JobSnapshot } from '../../src-preload/contract/schemas.ts'
import type { SessionSummary } from '../../src-preload/contract/sessions.ts'
import type { ExportDraft } from './exportStore.ts'
import type { Stores } from './stores.ts'
import type { TileSelection } from './viewStore.ts'

const nameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path

/** What of the catalogue a job shows, or is captured into; null where it can be exported from nothing. */
export function sessionOfJob(stores: Stores, job: JobSnapshot): SessionSummary | null {
  const there = stores.sessions.getState().sessions.filter(({ state }) => state !== 'missing')
  const { recording } = job.request
  if (recording !== null) {
    const startNs = stores.core.getState().recordings.find(({ name }) => name === recording)?.startNs
    const named = there.filter(({ path }) => nameOf(path) === recording)
    return named.find((one) => one.startNs === startNs) ?? named[0] ?? null
  }
  const ids = new Set(
    stores.captures
      .getState()
      .captures.filter(({ jobId }) => jobId === job.id)
      .map(({ sessionId }) => sessionId)
  )
  return there.find(({ id }) => ids.has(id)) ?? null
}

/** Nanoseconds as seconds in decimal digits, exact. */
function secondsText(ns: bigint): string {
  const text = ns.toString().padStart(10, '0')
  const fraction = text.slice(-9).replace(/0+$/, '')
  return `${text.slice(0, -9)}${fraction === '' ? '' : `.${fraction}`}`
}

/** The part of a session that a selection covers, as it is typed into the export dialog; null where they do not meet. */
export function partOf(selection: TileSelection, session: SessionSummary): Partial<ExportDraft> | null {
  if (session.startNs === null) return null
  const start = BigInt(session.startNs)
  const end = session.endNs === null ? null : BigInt(session.endNs)
  const [from, to] = [BigInt(selection.startNs), BigInt(selection.endNs)]
  const first = from < start ? start : from
  const last = end !== null && to > end ? end : to
  if (last <= first) return null
  const { channels } = selection
  return {
    fromS: secondsText(first - start),
    toS: secondsText(last - start),
    firstChannel: String(Math.min(channels.first, channels.last)),
    lastChannel: String(Math.max(channels.first, channels.last))
  }
}
