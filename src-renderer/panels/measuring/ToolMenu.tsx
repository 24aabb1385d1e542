import { memo } from 'react'
import { useStore } from 'zustand'
import { useTile } from '../../layout/tileContext.ts'
import type { TileTool } from '../../stores/viewStore.ts'
import { Menu, MenuChoice } from '../../widgets/Menu.tsx'
import { toolFits } from './toolFits.ts'

const tools: { value: TileTool; word: string; label: string; keyText?: string }[] = [
  { value: 'pan', word: 'move', label: 'move the picture' },
  { value: 'zoom', word: 'zoom', label: 'zoom into a box', keyText: 'Ctrl+drag' },
  { value: 'select', word: 'select', label: 'select a region', keyText: 'Shift+drag' },
  { value: 'cursors', word: 'cursors', label: 'set two cursors', keyText: 'C' },
  { value: 'point', word: 'point', label: 'annotate a point', keyText: 'M' },
  { value: 'box', word: 'box', label: 'annotate a box' },
  { value: 'line', word: 'line', label: 'pick points of a line', keyText: 'Enter keeps' }
]

/** What the pointer does on the panes of this tile. */
export const ToolMenu = memo(function ToolMenu() {
  const tile = useTile()
  const tool = useStore(tile.tool, (model) => model.tool)
  const panes = useStore(tile.panes, (model) => model.panes)
  if (panes.length === 0) return null
  const choices = tools.filter(({ value }) => panes.some(({ kind }) => toolFits(value, kind)))
  const current = choices.find(({ value }) => value === tool) ?? choices[0]
  return (
    <Menu
      label="What the pointer does"
      className="small-button"
      testId="tool-menu"
      trigger={<span data-testid="tool-name">{current?.word ?? tool}</span>}
    >
      <MenuChoice
        label="Drag or click to"
        value={current?.value ?? 'pan'}
        choices={choices}
        isList
        onChoose={(value) => tile.tool.setState({ tool: tools.find((one) => one.value === value)?.value ?? 'pan' })}
      />
    </Menu>
  )
})
