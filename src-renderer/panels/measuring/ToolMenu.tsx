import { useStore } from 'zustand'
import { useTile } from '../../layout/tileContext.ts'
import type { TileTool } from '../../stores/viewStore.ts'
import { Menu, MenuChoice } from '../../widgets/Menu.tsx'

const tools: { value: TileTool; word: string; label: string; keyText?: string }[] = [
  { value: 'pan', word: 'move', label: 'move the picture' },
  { value: 'zoom', word: 'zoom', label: 'zoom into a box', keyText: 'Ctrl+drag' },
  { value: 'select', word: 'select', label: 'select a region', keyText: 'Shift+drag' },
  { value: 'cursors', word: 'cursors', label: 'set two cursors', keyText: 'C' },
  { value: 'point', word: 'point', label: 'annotate a point', keyText: 'M' },
  { value: 'box', word: 'box', label: 'annotate a box' },
  { value: 'line', word: 'line', label: 'pick points of a line', keyText: 'Enter keeps' }
]

/** What the pointer does on the picture of this tile. */
export function ToolMenu() {
  const tile = useTile()
  const tool = useStore(tile.tool, (model) => model.tool)
  const hasPicture = useStore(tile.picture, ({ picture }) => picture !== null)
  if (!hasPicture) return null
  const current = tools.find(({ value }) => value === tool)
  return (
    <Menu
      label="What the pointer does"
      className="small-button"
      testId="tool-menu"
      trigger={<span data-testid="tool-name">{current?.word ?? tool}</span>}
    >
      <MenuChoice
        label="Drag or click to"
        value={tool}
        choices={tools}
        isList
        onChoose={(value) => tile.tool.setState({ tool: tools.find((one) => one.value === value)?.value ?? 'pan' })}
      />
    </Menu>
  )
}
