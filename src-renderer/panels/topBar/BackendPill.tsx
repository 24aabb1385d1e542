import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { BackendStatus, CircuitState } from '../../../src-preload/contract/schemas.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { frequencyText, integerText, plainNumber, secondsText } from '../../widgets/format.ts'
import { StateMark, type Tone } from '../../widgets/StateMark.tsx'

const look: Record<BackendStatus['state'], { word: string; tone: Tone }> = {
  unknown: { word: 'asking', tone: 'quiet' },
  up: { word: 'live', tone: 'good' },
  'no-fibre': { word: 'no fibre', tone: 'warning' },
  down: { word: 'down', tone: 'bad' }
}

function facts(backend: BackendStatus): string {
  const { fibre } = backend
  if (backend.state !== 'up' || !fibre) return backend.reason
  return [
    `${integerText(fibre.channelCount)} ch`,
    frequencyText(fibre.prrHz),
    `${plainNumber(fibre.channelSpacingM)} m`
  ].join(' · ')
}

/** Seconds until the next try, counting down; null when there is none. */
function useCountdown(circuit: CircuitState | undefined, sinceMs: number): number | null {
  const [nowMs, setNowMs] = useState(() => performance.now())
  const retryInMs = circuit?.retryInMs ?? null
  useEffect(() => {
    if (retryInMs === null) return
    const timer = setInterval(() => setNowMs(performance.now()), 1000)
    return () => clearInterval(timer)
  }, [retryInMs, sinceMs])
  return retryInMs === null ? null : Math.max(0, (retryInMs - Math.max(0, nowMs - sinceMs)) / 1000)
}

function circuitText(circuit: CircuitState, retryInS: number | null): string | null {
  if (circuit.state === 'probing') return 'trying again now'
  if (circuit.state === 'open') {
    return `circuit open, tries again ${retryInS === null ? 'soon' : `in ${secondsText(Math.ceil(retryInS))}`}`
  }
  return null
}

/** Which backend, how it is, what it offers or why it does not. */
export function BackendPill() {
  const { stores } = useWindow()
  const backend = useStore(stores.core, (core) => core.backend)
  const isOnline = useStore(stores.connection, (connection) => connection.state === 'open')
  const sinceMs = useStore(stores.core, (core) => core.backendAtMs)
  const retryInS = useCountdown(backend?.circuit, sinceMs)
  if (!backend) {
    return (
      <div className="pill" data-testid="backend-pill">
        <StateMark tone="quiet" /> <span>asking the core for its backend</span>
      </div>
    )
  }
  const { word, tone } = isOnline ? look[backend.state] : { word: 'not known', tone: 'quiet' as const }
  const circuit = isOnline ? circuitText(backend.circuit, retryInS) : null
  return (
    <div
      className="pill backend-pill"
      data-testid="backend-pill"
      data-state={backend.state}
      data-circuit={backend.circuit.state}
      title={[backend.url, backend.reason, backend.fibre?.description].filter(Boolean).join('\n')}
    >
      <StateMark tone={tone} />
      <strong>{backend.name}</strong>
      <span className="pill-text">
        {[word, isOnline ? facts(backend) : 'no connection to the core', circuit].filter(Boolean).join(' · ')}
      </span>
    </div>
  )
}
