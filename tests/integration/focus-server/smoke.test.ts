import { credentials, makeGenericClientConstructor, type Client } from '@grpc/grpc-js'
import { expect, it } from 'vitest'
import { streamBlocksMethod, streamDataMethod } from '../../../src-main/streams/grpcServices.ts'
import { configure, startServer } from './start.ts'

it('streams blocks and rows of one job', async () => {
  const { server, log } = await startServer()
  const job = await configure(server)
  const Constructor = makeGenericClientConstructor({ blocks: streamBlocksMethod(), rows: streamDataMethod() }, 'x')
  const client = new Constructor(`127.0.0.1:${job.stream_port}`, credentials.createInsecure()) as Client & Record<string, (request: object) => NodeJS.ReadableStream>
  const call = client.blocks({ version: 1, jobId: job.job_id })
  const messages: any[] = []
  await new Promise<void>((resolve, reject) => {
    call.on('error', reject)
    call.on('data', (message) => {
      messages.push(message)
      if (messages.length === 10) resolve()
    })
  })
  console.log(messages[0], { ...messages[1].block, data: messages[1].block.data.length }, log)
  expect(messages[9].block.sequence).toBe('8')
  client.close()
})
