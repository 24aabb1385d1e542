import { memo } from 'react'
import { useStore } from 'zustand'
import { commandEntry, type CommandId } from '../../src-preload/contract/commands.ts'
import { linkGroups, mainWindowId, type LinkGroup } from '../../src-preload/contract/workbench.ts'
import { Icon } from '../widgets/Icon.tsx'
import { Menu, MenuChoice, MenuItem, MenuLine } from '../widgets/Menu.tsx'
import { useWindow } from './windowContext.ts'

const noGroup = 'none'
const groupChoices = [{ value: noGroup, label: 'none' }, ...linkGroups.map((group) => ({ value: group, label: group }))]
const groupFrom = (value: string): LinkGroup => linkGroups.find((group) => group === value) ?? null

const inMain: readonly (readonly CommandId[])[] = [
  ['split-right', 'split-below', 'maximise-tile', 'pop-out'],
  ['swap-left', 'swap-right', 'swap-above', 'swap-below'],
  ['screenshot', 'copy-screenshot', 'open-again'],
  ['close-tile']
]
const inPopOut: readonly (readonly CommandId[])[] = [['pop-in'], ['screenshot', 'copy-screenshot', 'open-again']]

function Links({ tileId }: { tileId: string }) {
  const { stores } = useWindow()
  const links = useStore(stores.tiles, (model) => model.tiles.get(tileId)?.links)
  if (!links) return null
  return (
    <>
      <MenuChoice
        label="Cursor together with"
        value={links.cursor ?? noGroup}
        choices={groupChoices}
        onChoose={(value) => stores.tiles.link(tileId, 'cursor', groupFrom(value))}
      />
      <MenuChoice
        label="Time axis together with"
        value={links.time ?? noGroup}
        choices={groupChoices}
        onChoose={(value) => stores.tiles.link(tileId, 'time', groupFrom(value))}
      />
    </>
  )
}

/** Which tiles this one follows, in its header. */
function LinkMark({ tileId }: { tileId: string }) {
  const { stores } = useWindow()
  const links = useStore(stores.tiles, (model) => model.tiles.get(tileId)?.links)
  if (!links || (links.cursor === null && links.time === null)) return null
  const words = [
    links.cursor ? `cursor together with the tiles of group ${links.cursor}` : '',
    links.time ? `time axis together with the tiles of group ${links.time}` : ''
  ].filter(Boolean)
  const text = [...new Set([links.cursor, links.time].filter(Boolean))].join(' ')
  return (
    <span
      className="tile-link"
      role="img"
      aria-label={words.join('; ')}
      title={words.join('; ')}
      data-testid="tile-link"
    >
      <Icon name="link" size={12} /> {text}
    </span>
  )
}

/** What can be done with the place of a tile: at the end of its header. News of its job, four times a second, change nothing. */
export const TileControls = memo(function TileControls({ tileId }: { tileId: string }) {
  const { stores, desk, commands } = useWindow()
  const isMain = useStore(desk, (model) => model.windowId === mainWindowId)
  const isAlone = useStore(stores.tiles, (model) => model.tiles.size === 1)
  const isMaximised = useStore(stores.tiles, (model) => model.maximisedTile === tileId)
  // Which neighbours there are to change places with.
  useStore(stores.tiles, (model) => model.tree)
  useStore(stores.tiles, (model) => model.activeTile)
  const run = (id: CommandId): void => {
    stores.tiles.activate(tileId)
    commands.run(id)
  }
  const single = !isMain
    ? { id: 'pop-in' as const, icon: 'popIn' as const, label: 'Back into the main window (O)' }
    : isAlone
      ? { id: 'pop-out' as const, icon: 'popOut' as const, label: 'Into a window of its own (O)' }
      : {
          id: 'maximise-tile' as const,
          icon: isMaximised ? ('restore' as const) : ('maximise' as const),
          label: isMaximised ? 'Restore the tile (X)' : 'Maximise the tile (X)'
        }
  return (
    <div className="tile-controls">
      <LinkMark tileId={tileId} />
      <Menu label="Tile" testId={`tile-menu-${tileId}`} trigger={<Icon name="more" />}>
        {(isMain ? inMain : inPopOut).map((group, index) => (
          <div key={group[0]} role="group">
            {index > 0 && <MenuLine />}
            {group
              .filter((id) => !id.startsWith('swap') || commands.isAvailable(id))
              .map((id) => (
                <MenuItem
                  key={id}
                  label={commandEntry(id).title}
                  keyText={commands.keyText(id)}
                  onSelect={() => run(id)}
                />
              ))}
          </div>
        ))}
        <MenuLine />
        <Links tileId={tileId} />
      </Menu>
      <button
        type="button"
        className="icon-button"
        aria-label={single.label}
        title={single.label}
        data-testid={`tile-${single.id}-${tileId}`}
        onClick={() => run(single.id)}
      >
        <Icon name={single.icon} />
      </button>
    </div>
  )
})
