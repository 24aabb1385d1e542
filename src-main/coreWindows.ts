import type { EventName, EventPayload } from '../src-preload/contract/events.ts'
import type { HubSubscription } from './analysis/rowHub.ts'
import type { Clock } from './clock.ts'
import type { CorePort } from './coreInterface.ts'

/** The connected windows: who hears events, whose views are open, and which windows are gone for good. */
export interface CoreWindows {
  connect(port: CorePort): () => void
  broadcast<Name extends EventName>(name: Name, payload: EventPayload<Name>): void
  /** Null where the port is gone already. */
  keep(port: CorePort, subscription: HubSubscription): boolean
  subscription(port: CorePort, id: number): HubSubscription | null
  drop(port: CorePort, id: number): boolean
  count(): number
  dispose(): void
}

export function createCoreWindows(clock: Clock, gone: (windowId: string) => void): CoreWindows {
  const ports = new Map<CorePort, Map<number, HubSubscription>>()
  const leaving = new Map<string, () => void>()

  const isConnected = (windowId: string): boolean => [...ports.keys()].some((port) => port.windowId === windowId)

  const disconnect = (port: CorePort): void => {
    const subscriptions = ports.get(port)
    if (!subscriptions) return
    ports.delete(port)
    for (const subscription of subscriptions.values()) subscription.close()
    const { windowId } = port
    if (isConnected(windowId)) return
    leaving.get(windowId)?.()
    leaving.delete(windowId)
    if (port.returnsWithinMs <= 0) return gone(windowId)
    leaving.set(
      windowId,
      clock.after(port.returnsWithinMs, () => {
        leaving.delete(windowId)
        gone(windowId)
      })
    )
  }

  return {
    connect(port) {
      leaving.get(port.windowId)?.()
      leaving.delete(port.windowId)
      ports.set(port, new Map())
      return () => disconnect(port)
    },
    broadcast(name, payload) {
      for (const port of ports.keys()) port.sendEvent(name, payload)
    },
    keep(port, subscription) {
      const subscriptions = ports.get(port)
      subscriptions?.set(subscription.id, subscription)
      return subscriptions !== undefined
    },
    subscription: (port, id) => ports.get(port)?.get(id) ?? null,
    drop(port, id) {
      const subscription = ports.get(port)?.get(id)
      subscription?.close()
      return ports.get(port)?.delete(id) ?? false
    },
    count: () => ports.size,
    dispose() {
      for (const cancel of leaving.values()) cancel()
      leaving.clear()
      for (const subscriptions of ports.values()) for (const open of subscriptions.values()) open.close()
      ports.clear()
    }
  }
}
