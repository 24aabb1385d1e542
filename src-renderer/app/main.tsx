import { rendererFromAddress } from '../render/rendererChoice.ts'
import './withoutEval.ts'
import { connect } from '../stream/connect.ts'
import { startWindow } from './startWindow.tsx'
import { windowRole } from './windows/windowRole.ts'

const root = document.getElementById('root')
if (!root) throw new Error('the page has no element for the window')

const renderer = rendererFromAddress(location.search)
const stop = startWindow(root, connect(), renderer, windowRole(location.search))
// A page kept in the browser's back-forward cache would hold its sockets.
window.addEventListener('pagehide', stop, { once: true })
