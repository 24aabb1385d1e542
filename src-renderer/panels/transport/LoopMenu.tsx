import { useStore } from 'zustand'
import type { JobSnapshot, TimeSpan } from '../../../src-preload/contract/schemas.ts'
import { nanosecondsFromMilliseconds } from '../../../src-preload/contract/units.ts'
import { useTile } from '../../layout/tileContext.ts'
import { useWindow } from '../../layout/windowContext.ts'
import type { PlaybackRange } from '../../stores/playbackActions.ts'
import { clockOf, secondsText } from '../../widgets/format.ts'
import { Icon } from '../../widgets/Icon.tsx'
import { Menu, MenuItem, MenuLine } from '../../widgets/Menu.tsx'

const lengthText = ({ startNs, endNs }: TimeSpan): string =>
  `${clockOf(startNs)}, ${secondsText(Number(BigInt(endNs) - BigInt(startNs)) / 1e9)}`

/** What is played again and again: nothing, all, or a part. */
export function LoopMenu({ job, range }: { job: JobSnapshot; range: PlaybackRange }) {
  const { actions, commands } = useWindow()
  const tile = useTile()
  const selection = useStore(tile.selection, (store) => store.selection)
  const shown = useStore(tile.range, (store) => store.range)
  const loop = job.playback?.loop ?? null
  const loopKey = commands.keyText('toggle-loop')
  const within = (span: PlaybackRange): TimeSpan | null => {
    const startNs = span.startNs > range.startNs ? span.startNs : range.startNs
    const endNs = span.endNs < range.endNs ? span.endNs : range.endNs
    return endNs > startNs ? { startNs: String(startNs), endNs: String(endNs) } : null
  }
  const ofSelection =
    selection?.jobId === job.id ? within({ startNs: BigInt(selection.startNs), endNs: BigInt(selection.endNs) }) : null
  const ofView =
    shown &&
    within({ startNs: nanosecondsFromMilliseconds(shown.startMs), endNs: nanosecondsFromMilliseconds(shown.endMs) })
  const set = (next: TimeSpan | null) => () => void actions.setLoop(job, next)
  return (
    <Menu
      label={loop ? `Loop: ${lengthText(loop)}` : 'Loop: off'}
      className={`small-button transport-loop${loop ? ' is-on' : ''}`}
      testId="transport-loop"
      trigger={
        <>
          <Icon name="loop" size={13} /> <span className="transport-loop-word">{loop ? 'Loop on' : 'Loop'}</span>
        </>
      }
    >
      <MenuItem label="No loop" keyText={loop ? loopKey : ''} isDisabled={!loop} onSelect={set(null)} />
      <MenuLine />
      <MenuItem
        label={ofSelection ? `Selection: ${lengthText(ofSelection)}` : 'Selection: choose a part with the tool Select'}
        keyText={!loop && ofSelection ? loopKey : ''}
        isDisabled={!ofSelection}
        onSelect={set(ofSelection)}
      />
      <MenuItem label="What is in view" isDisabled={!ofView} onSelect={set(ofView)} />
      <MenuItem
        label="The whole recording"
        keyText={!loop && !ofSelection ? loopKey : ''}
        onSelect={set(within(range))}
      />
      <div className="menu-label">Or drag on the overview with Shift.</div>
    </Menu>
  )
}
