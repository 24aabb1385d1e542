import type { TimeSegment } from '../recording.ts'
import { durationNs } from '../timeAxis.ts'
import type { Member } from './members.ts'

/** Rows of one file that follow each other in the recording. */
export interface Piece {
  member: number
  /** Index in the recording of its first row, and that row's index in the file. */
  firstRow: number
  memberRow: number
  rows: number
}

export interface Joined {
  /** In order of time. */
  members: Member[]
  pieces: Piece[]
  runs: TimeSegment[]
  rows: number
  warnings: string[]
}

/** Recorders stamp files by clocks that jitter: so short an overlap is that, and takes no rows away. */
const jitterNs = 20_000_000

/**
 * Puts the files of a folder one after the other in order of time, equal times in order of names. Rows whose time is there
 * already are left out. `intervalNs` null, or no file with a time: order of names, one after the other.
 */
export function joinMembers(members: Member[], intervalNs: number | null): Joined {
  const warnings: string[] = []
  const timed = members.filter(({ runs }) => runs[0]!.startTimeNs !== null)
  if (timed.length === 0 || intervalNs === null) return joinByName(members, warnings)
  if (timed.length < members.length)
    warnings.push(
      `${members.length - timed.length} files say no time and were left out: ${firstNames(members.filter((member) => !timed.includes(member)))}.`
    )
  // Sorting is stable: files of one time stay in the order of names.
  timed.sort((a, b) => {
    const [first, second] = [a.runs[0]!.startTimeNs!, b.runs[0]!.startTimeNs!]
    return first < second ? -1 : first > second ? 1 : 0
  })
  const joined: Joined = { members: timed, pieces: [], runs: [], rows: 0, warnings }
  const overlapping: Member[] = []
  let jittering = 0
  let endNs: bigint | null = null
  for (const [number, member] of timed.entries())
    for (const run of member.runs) {
      const startNs: bigint = run.startTimeNs!
      const earlyNs: number = endNs === null ? 0 : Number(endNs - startNs)
      let skip = 0
      let isNew: boolean = endNs === null
      if (earlyNs >= intervalNs / 2) {
        if (earlyNs <= jitterNs && earlyNs < (run.rows * intervalNs) / 10) jittering += 1
        else {
          skip = Math.min(run.rows, Math.round(earlyNs / intervalNs))
          overlapping.push(member)
        }
      } else if (-earlyNs >= intervalNs / 2) isNew = true
      const rows = run.rows - skip
      if (rows === 0) continue
      if (isNew) joined.runs.push({ firstIndex: joined.rows, startTimeNs: startNs })
      joined.pieces.push({ member: number, firstRow: joined.rows, memberRow: run.firstRow + skip, rows })
      joined.rows += rows
      const runStart = joined.runs.at(-1)!
      // Where nothing was lost the recording's own grid goes on; after a jittering start, too.
      endNs = isNew
        ? startNs + durationNs(rows, intervalNs)
        : runStart.startTimeNs + durationNs(joined.rows - runStart.firstIndex, intervalNs)
    }
  if (overlapping.length > 0)
    warnings.push(
      `${overlapping.length} stretches begin before the one before them ends; what was there already was left out: ${firstNames(overlapping)}.`
    )
  if (jittering > 0)
    warnings.push(
      `${jittering} files begin up to ${jitterNs / 1e6} ms early: taken as jitter of the clock, no row was left out.`
    )
  return joined
}

function joinByName(members: Member[], warnings: string[]): Joined {
  warnings.push('The files say no times: they were put one after the other in the order of their names.')
  const joined: Joined = { members, pieces: [], runs: [], rows: 0, warnings }
  members.forEach(({ rows }, member) => {
    joined.pieces.push({ member, firstRow: joined.rows, memberRow: 0, rows })
    joined.rows += rows
  })
  return joined
}

const firstNames = (members: Member[]): string =>
  members
    .slice(0, 3)
    .map(({ file }) => file.name)
    .join(', ') + (members.length > 3 ? ', …' : '')
