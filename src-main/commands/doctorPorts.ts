import { createServer } from 'node:net'
import { good, warn, bad, type Check } from './check.ts'

const loopback = '127.0.0.1'
/** Stream ports of the embedded server. A sample of the range is tried, spread over it. */
const streamPorts = { first: 50_051, last: 51_050, step: 50 }

export function canBind(port: number, host = loopback): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

export async function checkWebPort(port: number): Promise<Check> {
  return (await canBind(port))
    ? good('web port', `${port} is free`)
    : warn(
        'web port',
        `${port} is in use`,
        'The next free port is taken instead; a running Wavefall is the usual reason.'
      )
}

export async function checkStreamPorts(): Promise<Check> {
  const { first, last, step } = streamPorts
  const taken: number[] = []
  let tried = 0
  for (let port = first; port <= last; port += step, tried++) if (!(await canBind(port))) taken.push(port)
  const found = `${first} to ${last}: ${tried - taken.length} of ${tried} tried are free`
  if (taken.length === tried) return bad('stream ports', found, 'Name another range with focus-server --grpc-ports.')
  return taken.length > tried / 2
    ? warn('stream ports', found, 'Ports in use are passed over; name another range when they run out.')
    : good('stream ports', found)
}
