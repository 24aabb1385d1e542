import { z } from 'zod'
import { jobRequest, jobState, nanosecondsText, playbackPace } from './schemas.ts'
import { windowIdPattern } from './transport.ts'

const nothing = z.object({})

/** Tiles of one window at most; their ids are the keys that choose them. */
export const tilesMost = 6
/** Pop-out windows of one desk at most. */
export const popOutsMost = 30
export const mainWindowId = 'main'
/** Version of what a layout says; a file with a higher one was written by a newer program. */
export const layoutVersion = 1

export const tileId = z.string().regex(/^[1-6]$/, 'not the id of a tile')
/** Who shares a cursor or a time axis: tiles of the same letter, in whichever window. */
export const linkGroups = ['A', 'B', 'C'] as const
export const linkGroup = z.enum(linkGroups).nullable()
export type LinkGroup = z.infer<typeof linkGroup>

export const splitSides = ['left', 'right', 'above', 'below'] as const
export type SplitSide = (typeof splitSides)[number]

export interface TileLeaf {
  kind: 'tile'
  id: string
}
export interface TileSplit {
  kind: 'split'
  /** `row`: children beside each other. */
  direction: 'row' | 'column'
  /** Shares of the children, positive; they need not add up to one. */
  sizes: number[]
  children: TileNode[]
}
export type TileNode = TileLeaf | TileSplit

const tileLeaf = z.object({ kind: z.literal('tile'), id: tileId })

/** Six tiles can be five splits deep at most; a fixed depth keeps hostile input off the stack. */
function nodeOfDepth(depth: number): z.ZodType<TileNode> {
  if (depth === 0) return tileLeaf
  const split = z
    .object({
      kind: z.literal('split'),
      direction: z.enum(['row', 'column']),
      sizes: z.array(z.number().positive().max(1e6)).min(2).max(tilesMost),
      children: z
        .array(nodeOfDepth(depth - 1))
        .min(2)
        .max(tilesMost)
    })
    .refine(({ sizes, children }) => sizes.length === children.length, 'has not one size for each child')
  return z.union([tileLeaf, split])
}
export const tileNode: z.ZodType<TileNode> = nodeOfDepth(tilesMost - 1)

export const tileIdsOf = (node: TileNode): string[] =>
  node.kind === 'tile' ? [node.id] : node.children.flatMap(tileIdsOf)

/** What a tile shows: a job, and what it takes to open that job again. */
export const tileContent = z.object({
  request: jobRequest,
  pace: playbackPace.optional(),
  /** The job that showed it last; it may be gone. */
  jobId: z.string().max(100).nullable(),
  /** The operator ended it: it is not opened again without being asked. */
  isClosed: z.boolean()
})
export type TileContent = z.infer<typeof tileContent>

export const tileState = z.object({
  id: tileId,
  content: tileContent.nullable(),
  links: z.object({ cursor: linkGroup, time: linkGroup }).default({ cursor: null, time: null }),
  /** What the view keeps of itself (levels, averaging, …), by its own names. */
  view: z.record(z.string().max(60), z.json()).default({})
})
export type TileState = z.infer<typeof tileState>

const pixel = z.number().int().min(-100_000).max(100_000)

/** Where a window is, in device-independent pixels of the whole desktop, and on which screen. */
export const windowPlace = z.object({
  bounds: z.object({ x: pixel, y: pixel, width: pixel.positive(), height: pixel.positive() }),
  /** The system's number of the screen, and the corner of what windows may use of it; null in a browser. */
  display: z.object({ id: z.number(), x: pixel, y: pixel }).nullable(),
  maximised: z.boolean(),
  fullScreen: z.boolean()
})
export type WindowPlace = z.infer<typeof windowPlace>

/** What a window asks of its desktop shell about the windows beside it. */
export const windowRequest = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('open'),
    windowId: z.string().regex(windowIdPattern),
    desk: z.string().regex(/^[A-Za-z0-9-]{4,64}$/),
    place: windowPlace.nullable()
  }),
  z.object({ kind: z.literal('close'), windowId: z.string().regex(windowIdPattern) }),
  z.object({ kind: z.literal('focus'), windowId: z.string().regex(windowIdPattern) }),
  z.object({ kind: z.literal('move'), place: windowPlace })
])
export type WindowRequest = z.infer<typeof windowRequest>

export const deskWindowId = z.union([z.literal(mainWindowId), z.string().regex(windowIdPattern)])

export const windowLayout = z
  .object({
    id: deskWindowId,
    tree: tileNode,
    tiles: z.array(tileState).min(1).max(tilesMost),
    activeTile: tileId,
    maximisedTile: tileId.nullable(),
    place: windowPlace.nullable()
  })
  .refine(({ tree, tiles }) => {
    const placed = tileIdsOf(tree)
    const known = new Set(tiles.map(({ id }) => id))
    return new Set(placed).size === placed.length && known.size === tiles.length && placed.length === tiles.length
      ? placed.every((id) => known.has(id))
      : false
  }, 'does not place each of its tiles once')
export type WindowLayout = z.infer<typeof windowLayout>

/** All windows of a desk; the main one is always there. */
export const deskWindows = z
  .array(windowLayout)
  .max(popOutsMost + 1)
  .refine((windows) => new Set(windows.map(({ id }) => id)).size === windows.length, 'names a window twice')

export const deskId = z.string().regex(/^[A-Za-z0-9-]{4,64}$/)

const label = z.string().trim().min(1).max(100)

/** A named layout as it is kept in a file, exported and imported. */
export const layoutFile = z.object({
  version: z.literal(layoutVersion),
  name: label,
  savedAtNs: nanosecondsText,
  windows: deskWindows.min(1)
})
export type LayoutFile = z.infer<typeof layoutFile>

export const layoutSummary = z.object({
  name: z.string(),
  savedAtNs: nanosecondsText.nullable(),
  tiles: z.number().int(),
  popOuts: z.number().int(),
  /** Why it cannot be opened (written by a newer version, damaged); null where it can. The file stays as it is. */
  problem: z.string().nullable()
})
export type LayoutSummary = z.infer<typeof layoutSummary>

export const jobPreset = z.object({ name: label, request: jobRequest, savedAtNs: nanosecondsText })
export type JobPreset = z.infer<typeof jobPreset>

/** One line of the history of jobs: what was opened when, with what, and how it ended. */
export const historyEntry = z.object({
  id: z.string(),
  jobId: z.string(),
  request: jobRequest,
  openedAtNs: nanosecondsText,
  endedAtNs: nanosecondsText.nullable(),
  /** A job that was open when the program died is `interrupted`. */
  outcome: z.union([z.literal('running'), z.literal('interrupted'), jobState]),
  reason: z.string(),
  rows: z.number(),
  gaps: z.number(),
  lostBlocks: z.number(),
  /** Times that it was played from another place: each is a job of its own for the backend, and one line here. */
  seeks: z.number().int()
})
export type HistoryEntry = z.infer<typeof historyEntry>

/** Largest layout that can be imported, characters of JSON. */
export const layoutTextMost = 200_000

export const workbenchCalls = {
  /**
   * Takes a desk for a main window: the one it names (a reload), else the one that was used last and that no window sits
   * at, else a fresh one, which has no windows yet.
   */
  'desk.open': {
    arguments: z.object({ desk: deskId.nullable() }),
    result: z.object({ desk: deskId, windows: deskWindows })
  },
  /** For a pop-out window: what its desk shows. */
  'desk.join': { arguments: z.object({ desk: deskId }), result: z.object({ windows: deskWindows }) },
  /** Each window keeps its own entry; a main window may write those of its pop-outs too. */
  'desk.keep': { arguments: z.object({ desk: deskId, window: windowLayout }), result: nothing },
  'desk.drop': { arguments: z.object({ desk: deskId, windowId: deskWindowId }), result: nothing },
  'layouts.list': { arguments: nothing, result: z.array(layoutSummary) },
  'layouts.save': {
    arguments: z.object({ name: label, windows: deskWindows.min(1), overwrite: z.boolean() }),
    result: layoutSummary
  },
  'layouts.read': { arguments: z.object({ name: label }), result: layoutFile },
  'layouts.rename': { arguments: z.object({ name: label, newName: label }), result: layoutSummary },
  'layouts.delete': { arguments: z.object({ name: label }), result: nothing },
  /** The text of a layout file; under another name where its own is taken. */
  'layouts.import': { arguments: z.object({ text: z.string().max(layoutTextMost) }), result: layoutSummary },
  'layouts.export': { arguments: z.object({ name: label }), result: z.object({ text: z.string() }) },
  'presets.list': { arguments: nothing, result: z.array(jobPreset) },
  'presets.save': {
    arguments: z.object({ name: label, request: jobRequest, overwrite: z.boolean() }),
    result: jobPreset
  },
  'presets.delete': { arguments: z.object({ name: label }), result: nothing },
  /** Newest first. */
  'history.list': {
    arguments: z.object({ limit: z.number().int().min(1).max(1000) }),
    result: z.array(historyEntry)
  },
  /** Removes what has ended. */
  'history.clear': { arguments: nothing, result: nothing }
} as const

export const workbenchEvents = {
  /** `window` is null where it was dropped. */
  'desk.changed': z.object({ desk: deskId, windowId: deskWindowId, window: windowLayout.nullable() }),
  /** The shell tells a main window of its pop-outs, and each window where it is. */
  'window.placed': z.object({ windowId: deskWindowId, isClosed: z.boolean(), place: windowPlace.nullable() }),
  'layouts.changed': z.array(layoutSummary),
  'presets.changed': z.array(jobPreset),
  'history.changed': historyEntry.nullable()
} as const
