import {
  calls,
  type CallArguments,
  type CallName,
  type CallResult,
  type ParsedArguments
} from '../../src-preload/contract/calls.ts'
import { failure, type Result } from '../../src-preload/contract/errors.ts'
import { events, type EventName, type EventPayload } from '../../src-preload/contract/events.ts'
import { encodeFrame, type Frame } from '../../src-preload/contract/frames.ts'
import type { ConnectionState, CoreConnection } from '../../src-preload/contract/transport.ts'

export type FakeAnswers = {
  [Name in CallName]?: (args: ParsedArguments<Name>) => Result<CallResult<Name>> | Promise<Result<CallResult<Name>>>
}

export interface RecordedCall {
  name: CallName
  arguments: unknown
}

type Listener = (payload: unknown) => void

/**
 * A connection without a core, for tests of the renderer's parts alone: answers come from functions, events and frames are
 * sent by the test. Arguments, answers and events are checked against the contract, so a fake cannot say what a core cannot.
 */
export class FakeConnection implements CoreConnection {
  readonly windowId = 'fake-window'
  readonly recorded: RecordedCall[] = []
  readonly answers: FakeAnswers
  isDisposed = false
  private state: ConnectionState
  private readonly listeners = new Map<EventName, Set<Listener>>()
  private readonly rowListeners = new Set<(frame: ArrayBuffer) => void>()
  private readonly stateListeners = new Set<(state: ConnectionState, reason: string) => void>()

  constructor(answers: FakeAnswers, state: ConnectionState = 'open') {
    this.answers = answers
    this.state = state
  }

  readonly call = async <Name extends CallName>(
    name: Name,
    args: CallArguments<Name>
  ): Promise<Result<CallResult<Name>>> => {
    const parsed = calls[name].arguments.parse(args) as ParsedArguments<Name>
    this.recorded.push({ name, arguments: parsed })
    const answer = this.answers[name] as ((args: ParsedArguments<Name>) => Result<CallResult<Name>>) | undefined
    if (!answer) return failure('unavailable', `the fake has no answer for ${name}`)
    const result = await answer(parsed)
    if (result.ok) calls[name].result.parse(result.value)
    return result
  }

  on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void {
    const set = this.listeners.get(name) ?? new Set<Listener>()
    this.listeners.set(name, set)
    set.add(listener as Listener)
    return () => set.delete(listener as Listener)
  }

  onRows(listener: (frame: ArrayBuffer) => void): () => void {
    this.rowListeners.add(listener)
    return () => this.rowListeners.delete(listener)
  }

  onState(listener: (state: ConnectionState, reason: string) => void): () => void {
    this.stateListeners.add(listener)
    listener(this.state, '')
    return () => this.stateListeners.delete(listener)
  }

  dispose(): void {
    this.isDisposed = true
  }

  emit<Name extends EventName>(name: Name, payload: EventPayload<Name>): void {
    events[name].parse(payload)
    for (const listener of this.listeners.get(name) ?? []) listener(payload)
  }

  sendFrame(frame: Frame): void {
    const buffer = encodeFrame(frame)
    for (const listener of this.rowListeners) listener(buffer)
  }

  sendBytes(buffer: ArrayBuffer): void {
    for (const listener of this.rowListeners) listener(buffer)
  }

  setState(state: ConnectionState, reason: string): void {
    this.state = state
    for (const listener of this.stateListeners) listener(state, reason)
  }

  callsOf<Name extends CallName>(name: Name): ParsedArguments<Name>[] {
    return this.recorded.filter((one) => one.name === name).map((one) => one.arguments as ParsedArguments<Name>)
  }

  get listenerCount(): number {
    let count = this.rowListeners.size + this.stateListeners.size
    for (const set of this.listeners.values()) count += set.size
    return count
  }

  /** Resolves when `condition` holds; fails after 2 s. */
  static async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + 2000
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`never happened: ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
}
