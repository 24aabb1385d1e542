import type { JobPlan } from './jobPlan.ts'

const viewTypes = { multi: '0', single: '1', waterfall: '2' } as const

/** What `/configure` answers, and `/metadata` again. Port and view type are text, as the original sends them. */
export function answerFor(plan: JobPlan, jobId: string, port: number, host: string): Record<string, unknown> {
  const streamIndex: Record<string, number> = {}
  plan.streams.forEach(({ firstChannel, channelCount }, index) => {
    for (let channel = firstChannel; channel < firstChannel + channelCount; channel++)
      streamIndex[String(channel + 1)] = index
  })
  return {
    status: '',
    job_id: jobId,
    stream_url: `http://${host}`,
    stream_port: String(port),
    frequencies_list: plan.frequenciesHz,
    frequencies_amount: plan.frequenciesHz.length,
    lines_dt: plan.rowIntervalS,
    channel_to_stream_index: streamIndex,
    stream_amount: plan.streams.length,
    channel_amount: plan.request.channels.max - plan.request.channels.min + 1,
    view_type: viewTypes[plan.request.view]
  }
}
