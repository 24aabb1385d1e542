import { ok, type Result } from '../../src-preload/contract/errors.ts'
import type { JobSnapshot } from '../../src-preload/contract/schemas.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'

/** `count` channels of the job around one; fewer where the job has fewer. */
export function channelsAround(
  { request }: Pick<JobSnapshot, 'request'>,
  channel: number,
  count: number
): { min: number; max: number } {
  const { min, max } = request.channels
  const most = Math.min(count, max - min + 1)
  const first = Math.min(Math.max(channel - Math.floor((most - 1) / 2), min), max - most + 1)
  return { min: first, max: first + most - 1 }
}

/** Opens channels of a job in another view, of the same source and time. The id of the new job. */
export async function openChannels(
  connection: CoreConnection,
  { request }: Pick<JobSnapshot, 'request'>,
  view: 'single' | 'multi',
  channels: { min: number; max: number }
): Promise<Result<string>> {
  const opened = await connection.call('jobs.open', {
    request: { ...request, view, channels, band: null },
    windowId: connection.windowId
  })
  return opened.ok ? ok(opened.value.id) : opened
}
