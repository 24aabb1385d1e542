import type { SessionDetail, SessionSummary, Verification } from '../../src-preload/contract/sessions.ts'
import { isoFromNanoseconds } from '../../src-preload/contract/units.ts'

const unknown = 'not known'
const time = (text: string | null): string => (text === null ? unknown : isoFromNanoseconds(BigInt(text)))

function size(bytes: number): string {
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}

function length({ startNs, endNs }: SessionSummary): string {
  if (startNs === null || endNs === null) return unknown
  return `${Number((Number(BigInt(endNs) - BigInt(startNs)) / 1e9).toFixed(3))} s`
}

const rate = (hz: number | null): string => (hz === null ? unknown : `${Number(hz.toPrecision(8))} Hz`)

export function listText(sessions: SessionSummary[]): string {
  const rows = sessions.map((session) => [
    session.name,
    session.state,
    time(session.startNs).slice(0, 19),
    length(session),
    `${session.channelCount} channels`,
    rate(session.sampleRateHz),
    size(session.bytes),
    `${session.gaps} gaps`,
    session.id
  ])
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`
    )
    .join('')
}

const gapsMax = 50

export function detailText(session: SessionDetail): string {
  const rows: [string, string][] = [
    ['name', session.name],
    ['id', session.id],
    ['path', session.path],
    ['state', session.problem === '' ? session.state : `${session.state}: ${session.problem}`],
    ['source', session.source ?? unknown],
    ['start', time(session.startNs)],
    ['end', time(session.endNs)],
    ['duration', length(session)],
    ['samples', `${session.samples} of ${session.channelCount} channels, ${session.dtype}`],
    ['sample rate', rate(session.sampleRateHz)],
    ['quantity', [session.quantity, session.unit].filter(Boolean).join(', in ') || unknown],
    ['scale', String(session.scale)],
    ['size', `${size(session.bytes)} in ${session.segments} segments`],
    ['place', session.place],
    ['tags', session.tags.join(', ')],
    ['notes', session.notes],
    ...session.gapList
      .slice(0, gapsMax)
      .map((gap): [string, string] => ['gap', `${time(gap.startNs)} to ${time(gap.endNs)}: ${gap.reason}`]),
    ...(session.gapList.length > gapsMax ? [['gaps', `${session.gapList.length} in all`] as [string, string]] : []),
    ...session.warnings.map((warning): [string, string] => ['warning', warning])
  ]
  const width = Math.max(...rows.map(([key]) => key.length))
  return rows
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key.padEnd(width)}  ${value}\n`)
    .join('')
}

export function verificationText({
  path,
  whole,
  frames,
  bytes,
  samples,
  gaps,
  problems,
  furtherProblems
}: Verification & { path: string }): string {
  const counts = `${frames} frames, ${samples} samples, ${size(bytes)}, ${gaps} gaps`
  const lines = problems.map(
    ({ file, offset, message }) => `  ${file}${offset === null ? '' : `, byte ${offset}`}: ${message}\n`
  )
  const more = furtherProblems > 0 ? `  and ${furtherProblems} more\n` : ''
  return `${path}: ${whole ? 'whole' : 'not whole'} (${counts})\n${lines.join('')}${more}`
}
