import { rendererFromAddress } from '../../../src-renderer/render/rendererChoice.ts'
import { startWindow } from '../../../src-renderer/app/startWindow.tsx'
import { livePreview, previewConnection } from './feed.ts'

/** Shows the windows on the feed of this folder: `?historic`, `?renderer=canvas2d`, `?columns=`, `?rows=`, `?recent=`. */
const query = new URLSearchParams(location.search)
const number = (name: string, otherwise: number): number => Number(query.get(name) ?? otherwise)
const connection = previewConnection({
  ...livePreview,
  isLive: !query.has('historic'),
  gap: !query.has('whole'),
  columns: number('columns', livePreview.columns),
  rows: number('rows', livePreview.rows),
  recent: number('recent', livePreview.recent)
})
const root = document.getElementById('root')
if (root) startWindow(root, connection, rendererFromAddress(location.search))
// The page drives the fake from outside: connection states, notices.
Object.assign(window, { fakeConnection: connection, previewOriginNs: connection.originNs })
