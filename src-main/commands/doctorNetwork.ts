import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { NetworkSettings } from '../../src-preload/contract/networkSettings.ts'
import { accessFolder } from '../access/access.ts'
import { verifyAudit } from '../access/auditChain.ts'
import { readJsonFile } from '../storage/atomicFile.ts'
import { repairSettings } from '../storage/settingsTree.ts'
import { isLoopback, shownUrl } from '../web/address.ts'
import { bad, good, messageOf, warn, type Check } from './check.ts'
import { canBind } from './doctorPorts.ts'

const answersWithinMs = 3000
const expiresSoonMs = 30 * 86_400_000

async function networkSettings(folder: string): Promise<NetworkSettings> {
  const read = await readJsonFile(resolve(folder, 'settings.json'))
  return repairSettings(read.state === 'read' ? read.value : {}).settings.network
}

/** A port that is switched on either answers as ours, or is free for the next start. */
async function checkPort(name: string, host: string, port: number, path: string): Promise<Check> {
  const url = shownUrl(host, port, false)
  if (await canBind(port, host)) return good(name, `${url} is free: it is opened with the program`)
  try {
    const answer = await fetch(url + path, { signal: AbortSignal.timeout(answersWithinMs) })
    await answer.arrayBuffer()
    const found = `${url}${path} answers ${answer.status}`
    // Without a token 401 is the right answer beyond the loopback.
    return answer.ok || answer.status === 401
      ? good(name, found)
      : warn(name, found, 'Another program may have this port: name another one in the settings (network).')
  } catch (error) {
    return bad(name, `${url} is in use and does not answer: ${messageOf(error)}`, 'Name another port (network).')
  }
}

async function checkAudit(folder: string): Promise<Check> {
  try {
    const { intact, entries, problems } = await verifyAudit(accessFolder(folder))
    if (intact) return good('audit log', `${entries} entries, the chain of their checksums holds`)
    const advice = 'Somebody changed it, or a disk did: keep a copy, and see "wavefall audit verify --data".'
    return bad('audit log', `${entries} entries; ${problems[0]!}`, advice)
  } catch (error) {
    return warn('audit log', messageOf(error), 'The access folder of the data folder must be readable.')
  }
}

/** Is a certificate readable, does its key fit, and how long is it good? */
export async function checkCertificate(certificateFile: string, keyFile: string): Promise<Check> {
  try {
    const certificate = new X509Certificate(await readFile(certificateFile))
    const { createPrivateKey } = await import('node:crypto')
    if (!certificate.checkPrivateKey(createPrivateKey(await readFile(keyFile))))
      return bad('TLS', `${keyFile} is not the key of ${certificateFile}`, 'Give the two that belong together.')
    const leftMs = Date.parse(certificate.validTo) - Date.now()
    const found = `${certificateFile} is good until ${new Date(certificate.validTo).toISOString().slice(0, 10)}`
    if (leftMs <= 0) return bad('TLS', `${certificateFile} has expired`, 'Have a new certificate made.')
    return leftMs < expiresSoonMs ? warn('TLS', found, 'Have a new certificate made.') : good('TLS', found)
  } catch (error) {
    return bad('TLS', messageOf(error), 'Certificate and key are PEM files that this user can read.')
  }
}

/** As `serve` is given them. */
export interface TlsFiles {
  certificateFile: string
  keyFile: string
}

/** Ports of the health API, TLS beyond the loopback, the audit log. */
export async function checkNetwork(folder: string, tls: TlsFiles | null): Promise<Check[]> {
  const { api, apiHost, apiPort, metrics, metricsPort } = await networkSettings(folder)
  const checks: Check[] = []
  if (api) checks.push(await checkPort('health API', apiHost, apiPort, '/health'))
  if (metrics && !(api && metricsPort === apiPort))
    checks.push(await checkPort('metrics', apiHost, metricsPort, '/metrics'))
  if (!api && !metrics) checks.push(good('health API', 'off; "serve --health-port 8080" or the setting network.api'))
  if ((api || metrics) && !isLoopback(apiHost) && !tls)
    checks.push(
      warn(
        'TLS',
        `${apiHost} is reached from other machines`,
        'Give "serve" --tls-cert and --tls-key, or use a tunnel.'
      )
    )
  if (tls) checks.push(await checkCertificate(tls.certificateFile, tls.keyFile))
  checks.push(await checkAudit(folder))
  return checks
}
