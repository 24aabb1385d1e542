import { z } from 'zod'

const switchedOff = z.boolean().default(false)
const port = z.number().int().min(0).max(65_535)

/** What leaves this machine: ports of the health API, and what is pushed. All of it is off until somebody switches it on. */
export const networkSettings = z.object({
  api: switchedOff.describe('Whether the health API has a port of its own.'),
  apiHost: z
    .string()
    .min(1)
    .max(253)
    .default('127.0.0.1')
    .describe('Where health API and metrics listen; anything but the loopback needs a token for everything.'),
  apiPort: port.default(8080).describe('Port of the health API, 0 for any free one.'),
  metrics: switchedOff.describe('Whether /metrics has a port of its own.'),
  metricsPort: port
    .default(9091)
    .describe('Port of /metrics; the same as the one of the health API makes one port of both.'),
  loopbackNeedsToken: switchedOff.describe('Whether readings on these ports need a token on the loopback too.'),
  requestsPerMinuteMax: z
    .number()
    .int()
    .min(10)
    .max(10_000_000)
    .default(60_000)
    .describe('Requests of one token, or of one address without a token, in a minute.'),
  statsd: switchedOff.describe('Whether readings are pushed to a StatsD server.'),
  statsdHost: z.string().min(1).max(253).default('127.0.0.1').describe('Where the StatsD server is.'),
  statsdPort: port.min(1).default(8125).describe('Its UDP port.'),
  statsdPrefix: z
    .string()
    .max(100)
    .regex(/^[A-Za-z0-9_.-]*$/, 'is made of letters, digits and . _ -')
    .default('wavefall')
    .describe('What every name begins with.'),
  statsdFlushS: z.number().min(1).max(3600).default(10).describe('Time between two pushes.')
})
export type NetworkSettings = z.infer<typeof networkSettings>
