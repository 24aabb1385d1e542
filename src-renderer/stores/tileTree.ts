import { tileIdsOf, tilesMost, type SplitSide, type TileNode } from '../../src-preload/contract/workbench.ts'

/** Part of the view area, 0..1 from its left and top. */
export interface TileArea {
  left: number
  top: number
  width: number
  height: number
}

/** The line between a child of a split and the next one. */
export interface SplitLine {
  /** Child indices from the root to the split; with `index` it names the line. */
  path: number[]
  index: number
  direction: 'row' | 'column'
  /** Area of the split as a whole; the line moves within it. */
  area: TileArea
  /** Where the line is, from the split's beginning, and how far it may go: 0..1 of the split. */
  at: number
  from: number
  to: number
}

/** A child of a split keeps at least this part of what two neighbours share. */
const smallestShare = 0.1

const leaf = (id: string): TileNode => ({ kind: 'tile', id })
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Splits of the same direction become one, splits of one child become that child. */
function simplified(node: TileNode): TileNode {
  if (node.kind === 'tile') return node
  const children: TileNode[] = []
  const sizes: number[] = []
  node.children.forEach((child, index) => {
    const simple = simplified(child)
    const size = node.sizes[index]!
    if (simple.kind === 'split' && simple.direction === node.direction) {
      const total = sum(simple.sizes)
      simple.children.forEach((inner, place) => {
        children.push(inner)
        sizes.push((size * simple.sizes[place]!) / total)
      })
    } else {
      children.push(simple)
      sizes.push(size)
    }
  })
  return children.length === 1 ? children[0]! : { ...node, children, sizes }
}

function mapLeaf(node: TileNode, id: string, change: (found: TileNode) => TileNode): TileNode {
  if (node.kind === 'tile') return node.id === id ? change(node) : node
  return { ...node, children: node.children.map((child) => mapLeaf(child, id, change)) }
}

/** The tree with `newId` beside tile `id`, which gives up half of its place. */
export function splitTile(tree: TileNode, id: string, side: SplitSide, newId: string): TileNode {
  const isFirst = side === 'left' || side === 'above'
  return simplified(
    mapLeaf(tree, id, (found) => ({
      kind: 'split',
      direction: side === 'left' || side === 'right' ? 'row' : 'column',
      sizes: [1, 1],
      children: isFirst ? [leaf(newId), found] : [found, leaf(newId)]
    }))
  )
}

/** The tree without a tile, whose place goes to its neighbours; null where it was the only one. */
export function removeTile(tree: TileNode, id: string): TileNode | null {
  if (tree.kind === 'tile') return tree.id === id ? null : tree
  const kept = tree.children.map((child) => removeTile(child, id))
  const children = kept.filter((child) => child !== null)
  if (children.length === 0) return null
  return simplified({ ...tree, children, sizes: tree.sizes.filter((_size, index) => kept[index] !== null) })
}

export function swapTiles(tree: TileNode, first: string, second: string): TileNode {
  if (tree.kind === 'split') return { ...tree, children: tree.children.map((child) => swapTiles(child, first, second)) }
  return tree.id === first ? leaf(second) : tree.id === second ? leaf(first) : tree
}

/** Takes a tile from its place and puts it beside another one. */
export function moveTile(tree: TileNode, id: string, target: string, side: SplitSide): TileNode {
  if (id === target) return tree
  const without = removeTile(tree, id)
  return without === null ? tree : splitTile(without, target, side, id)
}

/** Moves the line after child `index` of the split at `path` to `at`, 0..1 of the split. */
export function moveLine(tree: TileNode, path: readonly number[], index: number, at: number): TileNode {
  if (tree.kind === 'tile') return tree
  const [step, ...rest] = path
  if (step !== undefined) {
    return {
      ...tree,
      children: tree.children.map((child, place) => (place === step ? moveLine(child, rest, index, at) : child))
    }
  }
  const total = sum(tree.sizes)
  const before = sum(tree.sizes.slice(0, index)) / total
  const shared = (tree.sizes[index]! + tree.sizes[index + 1]!) / total
  const share = Math.max(smallestShare, Math.min(1 - smallestShare, (at - before) / shared)) * shared
  const sizes = tree.sizes.map((size) => size / total)
  sizes[index] = share
  sizes[index + 1] = shared - share
  return { ...tree, sizes }
}

const whole: TileArea = { left: 0, top: 0, width: 1, height: 1 }

const part = (area: TileArea, direction: 'row' | 'column', from: number, share: number): TileArea =>
  direction === 'row'
    ? { ...area, left: area.left + from * area.width, width: share * area.width }
    : { ...area, top: area.top + from * area.height, height: share * area.height }

/** Where each tile is, in reading order, and where the lines between them are. */
export function placeTiles(
  tree: TileNode,
  area: TileArea = whole,
  path: number[] = []
): { tiles: { id: string; area: TileArea }[]; lines: SplitLine[] } {
  if (tree.kind === 'tile') return { tiles: [{ id: tree.id, area }], lines: [] }
  const { direction, children } = tree
  const total = sum(tree.sizes)
  const tiles: { id: string; area: TileArea }[] = []
  const lines: SplitLine[] = []
  let from = 0
  children.forEach((child, index) => {
    const share = tree.sizes[index]! / total
    const inner = placeTiles(child, part(area, direction, from, share), [...path, index])
    tiles.push(...inner.tiles)
    lines.push(...inner.lines)
    if (index < children.length - 1) {
      const shared = share + tree.sizes[index + 1]! / total
      lines.push({
        path,
        index,
        direction,
        area,
        at: from + share,
        from: from + smallestShare * shared,
        to: from + (1 - smallestShare) * shared
      })
    }
    from += share
  })
  return { tiles, lines }
}

/** The nearest tile to the left, right, above or below; null at the edge. */
export function neighbourOf(tree: TileNode, id: string, side: SplitSide): string | null {
  const { tiles } = placeTiles(tree)
  const own = tiles.find((tile) => tile.id === id)?.area
  if (!own) return null
  const middle = (area: TileArea): { x: number; y: number } => ({
    x: area.left + area.width / 2,
    y: area.top + area.height / 2
  })
  const here = middle(own)
  const isThere = ({ x, y }: { x: number; y: number }): boolean => {
    const right = x - here.x
    const down = y - here.y
    if (side === 'left' || side === 'right') return (side === 'right' ? right : -right) > 1e-6
    return (side === 'below' ? down : -down) > 1e-6
  }
  const overlaps = (area: TileArea): number =>
    side === 'left' || side === 'right'
      ? Math.min(area.top + area.height, own.top + own.height) - Math.max(area.top, own.top)
      : Math.min(area.left + area.width, own.left + own.width) - Math.max(area.left, own.left)
  const found = tiles
    .filter((tile) => tile.id !== id && isThere(middle(tile.area)) && overlaps(tile.area) > 1e-6)
    .map((tile) => ({ id: tile.id, far: Math.hypot(middle(tile.area).x - here.x, middle(tile.area).y - here.y) }))
    .sort((a, b) => a.far - b.far)
  return found[0]?.id ?? null
}

/** The smallest id that is free; null where there is no room for another tile. */
export function freeTileId(tree: TileNode): string | null {
  const taken = new Set(tileIdsOf(tree))
  for (let id = 1; id <= tilesMost; id++) if (!taken.has(String(id))) return String(id)
  return null
}

/** Tiles of equal size: up to three beside each other, more in two lines. */
export function evenTree(ids: readonly string[]): TileNode {
  const line = (direction: 'row' | 'column', children: TileNode[]): TileNode =>
    children.length === 1 ? children[0]! : { kind: 'split', direction, sizes: children.map(() => 1), children }
  if (ids.length <= 3) return line('row', ids.map(leaf))
  const upper = Math.ceil(ids.length / 2)
  return line('column', [line('row', ids.slice(0, upper).map(leaf)), line('row', ids.slice(upper).map(leaf))])
}
