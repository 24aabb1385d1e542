import type { PaneKind } from '../../stores/tilePicture.ts'
import type { TileTool } from '../../stores/viewStore.ts'

const everywhere = new Set<TileTool>(['pan', 'cursors', 'point'])

/** Whether a tool means something in a pane: regions and lines along the fibre are of waterfalls, and a spectrum has no extent in time. */
export const toolFits = (tool: TileTool, kind: PaneKind): boolean =>
  kind === 'waterfall' || everywhere.has(tool) || (tool === 'box' && kind !== 'spectrum')
