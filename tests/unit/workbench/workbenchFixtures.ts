import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { JobRequest } from '../../../src-preload/contract/schemas.ts'
import type { TileNode, TileState, WindowLayout } from '../../../src-preload/contract/workbench.ts'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wavefall-workbench-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const liveRequest: JobRequest = {
  view: 'waterfall',
  channels: { min: 1, max: 100 },
  band: { minHz: 5, maxHz: 200 },
  nfft: 1024,
  rowIntervalS: 0.1,
  timeRange: null,
  recording: null
}

export const tileWith = (id: string, content: TileState['content'] = null): TileState => ({
  id,
  content,
  links: { cursor: null, time: null },
  view: {}
})

export const twoTiles: TileNode = {
  kind: 'split',
  direction: 'row',
  sizes: [2, 1],
  children: [
    { kind: 'tile', id: '1' },
    { kind: 'tile', id: '2' }
  ]
}

export const mainWindow = (content: TileState['content'] = null): WindowLayout => ({
  id: 'main',
  tree: twoTiles,
  tiles: [tileWith('1', content), tileWith('2')],
  activeTile: '1',
  maximisedTile: null,
  place: null
})

export const popOut = (id: string): WindowLayout => ({
  id,
  tree: { kind: 'tile', id: '1' },
  tiles: [tileWith('1', { request: liveRequest, jobId: 'live-1', isClosed: false })],
  activeTile: '1',
  maximisedTile: null,
  place: {
    bounds: { x: 100, y: 80, width: 640, height: 480 },
    display: { id: 7, x: 0, y: 0 },
    maximised: false,
    fullScreen: false
  }
})

export const unexpected = (problem: unknown): never => {
  throw new Error(`nothing was to go wrong: ${JSON.stringify(problem)}`)
}

/** Writes of what a test opened end before its folder goes. */
export async function settledAfter<Kept extends { settled(): Promise<void> }>(opening: Promise<Kept>): Promise<Kept> {
  const kept = await opening
  onTestFinished(() => kept.settled())
  return kept
}
