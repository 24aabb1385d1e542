import type { DeclaredKind } from './readingStore.ts'

const gauge = (name: string, help: string, labels: string[] = []): DeclaredKind => ({
  name,
  help,
  unit: '',
  type: 'gauge',
  labels
})
const total = (name: string, help: string, labels: string[] = [], unit = ''): DeclaredKind => ({
  ...gauge(name, help, labels),
  unit,
  type: 'counter'
})

/** What the program's ports, its guard and its users tell. */
export const networkKinds: readonly DeclaredKind[] = [
  gauge('wavefall_clients', 'Connected clients: windows over the web shell (web), live readings (live).', ['kind']),
  gauge('wavefall_web_sockets', 'Open connections of the web shell: pages, files and web sockets.'),
  gauge('wavefall_port_connections', 'Open connections of a port of the health API.', ['port']),
  total('wavefall_port_dropped_connections_total', 'Connections beyond the most that a port takes.', ['port']),
  total('wavefall_port_timeouts_total', 'Connections that sent or read too slowly and were cut.', ['port']),
  total('wavefall_live_dropped_messages_total', 'Live messages left out for clients that read too slowly.'),
  total('wavefall_access_admitted_total', 'Requests and connections with a right token.'),
  total('wavefall_access_refused_total', 'Requests and connections that were refused, by reason.', ['why']),
  total('wavefall_audit_failures_total', 'Entries that the audit log could not write.'),
  total('wavefall_statsd_failures_total', 'Packets for StatsD that could not be sent.'),
  gauge('wavefall_sessions', 'Sessions in the catalogue.'),
  total('wavefall_exported_bytes_total', 'Bytes that exports have written since the core began.', [], 'bytes')
]
