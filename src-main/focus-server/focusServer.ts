import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js'
import type { AddressInfo } from 'node:net'
import { ok, type Result } from '../../src-preload/contract/errors.ts'
import type { Clock } from '../clock.ts'
import { createSpectralKernels } from '../dsp/kernel/spectralKernels.ts'
import { compileKernel } from '../dsp/kernel/wasmKernel.ts'
import type { LogValues } from '../storage/log.ts'
import { createCatalogue } from './catalogue.ts'
import { createJobRegistry } from './jobRegistry.ts'
import { openJobStore } from './jobStore.ts'
import { createPortPool } from './portPool.ts'
import { createRateLimit } from '../rateLimit.ts'
import { createRestServer } from './restServer.ts'
import { defaultLifeTimes, type LifeTimes } from './serverJob.ts'
import { createSources, type OpenRecording } from './sources/sources.ts'
import type { SourceSpec } from './sources/sourceSpec.ts'

export interface FocusServerOptions {
  host: string
  /** 0 = any free one. */
  port: number
  grpcPorts: { first: number; last: number }
  specs: SourceSpec[]
  recordingsFolder: string | null
  openRecording: OpenRecording
  /** File of the job records; null = none are kept. */
  recordsFile: string | null
  clock: Clock
  log: (event: string, values: LogValues) => void
  version: string
  life?: Partial<LifeTimes>
  jobsMax?: number
  requests?: { perSecond: number; burst: number }
}

export interface FocusServer {
  /** `http://127.0.0.1:PORT` */
  readonly base: string
  /** Offers one more recording as a historic job. Names it as `GET /recordings` does. */
  addRecording(path: string): Promise<Result<{ name: string }>>
  readonly openJobs: number
  /** What was left out of the sources and why; without a live fibre the first names the reason. */
  readonly warnings: readonly string[]
  readonly hasFibre: boolean
  dispose(): Promise<void>
}

const jobsMaxDefault = 200
const staleS = 30 * 60
const memoryPerJobMaxBytes = 1e9
/** Far above what a program does, far below what hurts. */
const requestsDefault = { perSecond: 300, burst: 600 }

/** A complete acquisition backend. Rejects when the REST port cannot be bound. */
export async function createFocusServer(options: FocusServerOptions): Promise<FocusServer> {
  const { clock, log, host } = options
  // Its one word about a port that cannot be bound would stand in the middle of our log, which says more.
  setLogVerbosity(logVerbosity.NONE)
  const store = await openJobStore(options.recordsFile, (error) =>
    log('job_records_not_written', { error: error instanceof Error ? error.message : String(error) })
  )
  if (store.warning) log('job_records_damaged', { reason: store.warning })
  const sources = await createSources(options)
  for (const warning of sources.warnings) log('source_left_out', { reason: warning })
  const catalogue = createCatalogue(sources, () => clock.nowNs())
  const jobs = createJobRegistry({
    clock,
    log,
    store,
    ports: createPortPool(options.grpcPorts.first, options.grpcPorts.last),
    host,
    jobsMax: options.jobsMax ?? jobsMaxDefault,
    life: { ...defaultLifeTimes, ...options.life },
    staleS,
    faults: sources.faults,
    createKernel: createSpectralKernels(await compileKernel()),
    sourceFor: (request) => catalogue.choose(request)
  })
  const requests = options.requests ?? requestsDefault
  const rest = createRestServer({
    clock,
    log,
    live: sources.live,
    catalogue,
    jobs,
    rateLimit: createRateLimit(clock, requests.perSecond, requests.burst),
    version: options.version,
    memoryPerJobMaxBytes
  })
  // The port first: where another server has it, that server's records are not ours to touch.
  let letIn = (): void => undefined
  const restored = new Promise<void>((resolve) => (letIn = resolve))
  rest.addHook('onRequest', () => restored)
  try {
    await rest.listen({ host, port: options.port })
  } catch (error) {
    await rest.close()
    await jobs.dispose()
    await sources.dispose()
    throw error
  }
  await jobs.restore()
  letIn()
  const { port } = rest.server.address() as AddressInfo
  return {
    base: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    async addRecording(path) {
      const added = await sources.addRecording(path)
      // A job on it may have been waiting since a restart.
      if (added.ok) await jobs.restore()
      return added.ok ? ok({ name: added.value.description.name }) : added
    },
    warnings: sources.warnings,
    hasFibre: sources.live !== null,
    get openJobs() {
      return jobs.openJobs
    },
    async dispose() {
      await jobs.dispose()
      await rest.close()
      await sources.dispose()
    }
  }
}
