import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { desktopPortMessage, type ClientMessage, type DesktopBridge } from '../../../src-preload/contract/transport.ts'
import { connectDesktop } from '../../../src-renderer/stream/desktopConnection.ts'
import { eventually } from '../../support/eventually.ts'

/** A page with as much of a window as the connection needs: it listens to messages. */
let page: EventTarget
let ports: MessagePort[]
let sent: ClientMessage[]

const bridge: DesktopBridge = {
  windowId: 'window-0123456789',
  remote: null,
  connect: () => undefined,
  send: (message) => void sent.push(message),
  openDroppedFiles: () => Promise.resolve({ jobIds: [], failures: [] }),
  windows: () => undefined,
  keepPicture: () => Promise.resolve(null)
}

/** The shell's end of a port that the page was given. */
function givePort(source: unknown = page, data: unknown = desktopPortMessage): MessagePort {
  const { port1, port2 } = new MessageChannel()
  ports.push(port1, port2)
  const event = new Event('message')
  Object.assign(event, { data, ports: [port2] })
  Object.defineProperty(event, 'source', { value: source })
  page.dispatchEvent(event)
  return port1
}

beforeEach(() => {
  page = new EventTarget()
  ports = []
  sent = []
  Object.assign(globalThis, { window: page })
})
afterEach(() => {
  for (const port of ports) port.close()
  Reflect.deleteProperty(globalThis, 'window')
})

describe("a window's connection in the desktop program", () => {
  it('opens when its port is there; events and rows keep the order in which they were sent', async () => {
    const connection = connectDesktop(bridge)
    const states: string[] = []
    connection.onState((state) => states.push(state))
    const heard: string[] = []
    connection.on('job.forgotten', ({ jobId }) => heard.push(jobId))
    connection.onRows((frame) => heard.push(`${frame.byteLength} bytes`))
    const shell = givePort()
    shell.postMessage({ kind: 'event', name: 'job.forgotten', payload: { jobId: 'one' } })
    shell.postMessage(new ArrayBuffer(8))
    shell.postMessage({ kind: 'event', name: 'job.forgotten', payload: { jobId: 'two' } })
    await eventually('all came', () => heard.length === 3)
    expect(heard).toEqual(['one', '8 bytes', 'two'])
    expect(states).toEqual(['connecting', 'open'])
    connection.dispose()
  })

  it('sends calls over the bridge and takes their answers from the port', async () => {
    const connection = connectDesktop(bridge)
    const shell = givePort()
    const called = connection.call('jobs.list', {})
    expect(sent).toEqual([{ kind: 'call', id: 1, name: 'jobs.list', arguments: {} }])
    shell.postMessage({ kind: 'answer', id: 1, result: { ok: true, value: [] } })
    expect(await called).toEqual({ ok: true, value: [] })
    connection.dispose()
  })

  it('takes no port from another window, nor from another message', () => {
    const connection = connectDesktop(bridge)
    const states: string[] = []
    connection.onState((state) => states.push(state))
    givePort(new EventTarget())
    givePort(page, 'something else')
    expect(states).toEqual(['connecting'])
    connection.dispose()
  })

  it('answers what is open when the window closes', async () => {
    const connection = connectDesktop(bridge)
    const called = connection.call('jobs.list', {})
    connection.dispose()
    expect(await called).toMatchObject({ ok: false, error: { code: 'unavailable' } })
  })
})
