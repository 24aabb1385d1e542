import { useCallback, useEffect, useState } from 'react'
import {
  roleNames,
  type AuditEntry,
  type RoleName,
  type ServerState,
  type TokenRecord
} from '../../../src-preload/contract/access.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { integerText } from '../../widgets/format.ts'
import './access.css'

const dayS = 86_400
const validities = [
  { label: '1 day', seconds: dayS },
  { label: '30 days', seconds: 30 * dayS },
  { label: '90 days', seconds: 90 * dayS },
  { label: '1 year', seconds: 365 * dayS },
  { label: 'no end', seconds: null }
] as const
const auditShown = 100

const dayText = (atMs: number | null, none: string): string =>
  atMs === null ? none : new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')

function Tokens() {
  const { connection } = useWindow()
  const [tokens, setTokens] = useState<TokenRecord[]>([])
  const [problem, setProblem] = useState<string | null>(null)
  const [made, setMade] = useState<{ name: string; token: string } | null>(null)
  const [draft, setDraft] = useState({ name: '', role: 'viewer' as RoleName, validity: '90 days' })
  const load = useCallback(async () => {
    const answer = await connection.call('access.tokens', {})
    if (answer.ok) setTokens(answer.value)
    else setProblem(answer.error.message)
  }, [connection])
  useEffect(() => void Promise.resolve().then(load), [load])

  async function create(): Promise<void> {
    const validForS = validities.find(({ label }) => label === draft.validity)?.seconds ?? null
    const answer = await connection.call('access.createToken', { name: draft.name, role: draft.role, validForS })
    if (!answer.ok) return setProblem(answer.error.message)
    setProblem(null)
    setMade({ name: draft.name, token: answer.value.token })
    setDraft({ ...draft, name: '' })
    await load()
  }

  async function revoke(token: string): Promise<void> {
    const answer = await connection.call('access.revokeToken', { token })
    if (!answer.ok) setProblem(answer.error.message)
    await load()
  }

  return (
    <>
      <form
        className="access-form"
        onSubmit={(event) => {
          event.preventDefault()
          void create()
        }}
      >
        <input
          aria-label="Name of the new token"
          placeholder="For whom or what"
          data-testid="token-name"
          value={draft.name}
          maxLength={100}
          onChange={(event) => setDraft({ ...draft, name: event.target.value })}
        />
        <select
          aria-label="Role"
          data-testid="token-role"
          value={draft.role}
          onChange={(event) =>
            setDraft({ ...draft, role: roleNames.find((one) => one === event.target.value) ?? 'viewer' })
          }
        >
          {roleNames.map((role) => (
            <option key={role}>{role}</option>
          ))}
        </select>
        <select
          aria-label="Valid for"
          value={draft.validity}
          onChange={(event) => setDraft({ ...draft, validity: event.target.value })}
        >
          {validities.map(({ label }) => (
            <option key={label}>{label}</option>
          ))}
        </select>
        <button type="submit" className="small-button" data-testid="token-create" disabled={draft.name.trim() === ''}>
          Make a token
        </button>
      </form>
      {problem !== null && (
        <p className="field-messages" role="alert">
          {problem}
        </p>
      )}
      {made && (
        <p className="access-made" role="status">
          The token of {made.name}, shown this once: <code data-testid="token-made">{made.token}</code>
        </p>
      )}
      <table className="access-table" data-testid="token-list">
        <thead>
          <tr>
            {['name', 'role', 'state', 'until', 'last used', ''].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {tokens.map(({ id, name, role, state, expiresAtMs, lastUsedAtMs, kind }) => (
            <tr key={id}>
              <th scope="row">{name}</th>
              <td>{role}</td>
              <td>{kind === 'start' && state === 'valid' ? 'of this start' : state}</td>
              <td>{dayText(expiresAtMs, 'no end')}</td>
              <td>{dayText(lastUsedAtMs, 'never')}</td>
              <td>
                {state === 'valid' && (
                  <button type="button" className="small-button" onClick={() => void revoke(id)}>
                    Revoke
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

function Audit() {
  const { connection } = useWindow()
  const [entries, setEntries] = useState<AuditEntry[] | null>(null)
  const [verdict, setVerdict] = useState<string | null>(null)
  async function show(): Promise<void> {
    const answer = await connection.call('access.audit', { limit: auditShown, before: null })
    if (answer.ok) setEntries(answer.value)
    else setVerdict(answer.error.message)
  }
  async function verify(): Promise<void> {
    const answer = await connection.call('access.verifyAudit', {})
    if (!answer.ok) return setVerdict(answer.error.message)
    const { intact, entries: count, problems } = answer.value
    setVerdict(
      intact ? `All ${integerText(count)} lines are there, in order and as they were written.` : problems.join(' ')
    )
  }
  return (
    <>
      <div className="access-form">
        <button type="button" className="small-button" data-testid="audit-show" onClick={() => void show()}>
          Newest actions
        </button>
        <button type="button" className="small-button" data-testid="audit-verify" onClick={() => void verify()}>
          Verify the chain
        </button>
        {verdict !== null && (
          <span role="status" data-testid="audit-verdict">
            {verdict}
          </span>
        )}
      </div>
      {entries && (
        <table className="access-table">
          <thead>
            <tr>
              {['time, UTC', 'who', 'role', 'what', 'on', 'how it ended'].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {entries.map(({ sequence, time, actor, role, action, subject, outcome, reason, count }) => (
              <tr key={sequence}>
                <th scope="row">{time.slice(0, 19).replace('T', ' ')}</th>
                <td>{actor}</td>
                <td>{role ?? '–'}</td>
                <td>
                  {action}
                  {count > 1 ? ` × ${integerText(count)}` : ''}
                </td>
                <td>{subject}</td>
                <td>{[outcome, reason].filter(Boolean).join(': ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

function Listeners() {
  const { connection } = useWindow()
  const [state, setState] = useState<ServerState | null>(null)
  useEffect(() => {
    void connection.call('access.server', {}).then((answer) => {
      if (answer.ok) setState(answer.value)
    })
  }, [connection])
  if (!state) return null
  return (
    <ul className="access-listeners">
      {state.listeners.map(({ name, url, encrypted, loopback, open, connections }) => (
        <li key={name}>
          {name}: {url} · {loopback ? 'this machine alone' : 'other machines too'} ·{' '}
          {encrypted ? 'encrypted' : 'not encrypted'}
          {open ? ' · readings without a token' : ''} · {integerText(connections)} connections
        </li>
      ))}
      {state.listeners.length === 0 && <li>This program listens on no port.</li>}
    </ul>
  )
}

/** Who may do what over the network, and who did. */
export const AccessPanel = () => (
  <section className="setting-section" aria-labelledby="access-title" data-testid="access-panel">
    <h2 id="access-title">Access</h2>
    <Listeners />
    <Tokens />
    <h3>Audit</h3>
    <Audit />
  </section>
)
