/** A certificate for 127.0.0.1 and localhost that signs itself, without any tool of the machine: DER by hand (RFC 5280). */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'

export interface SelfSigned {
  keyPem: string
  certificatePem: string
  /** SHA-256 of the certificate, upper-case hex with colons, as browsers show it. */
  fingerprint256: string
}

function tagged(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content])
  const length = Buffer.from(content.length.toString(16).padStart(content.length > 0xff ? 4 : 2, '0'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content])
}

const sequence = (...contents: Buffer[]) => tagged(0x30, ...contents)
const set = (...contents: Buffer[]) => tagged(0x31, ...contents)
const integer = (bytes: Buffer) => tagged(0x02, bytes)
const bitString = (bytes: Buffer) => tagged(0x03, Buffer.from([0]), bytes)
const octetString = (bytes: Buffer) => tagged(0x04, bytes)
const objectId = (hex: string) => tagged(0x06, Buffer.from(hex, 'hex'))
const generalizedTime = (date: Date) =>
  tagged(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))

const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'))
const commonName = objectId('550403')
const basicConstraints = objectId('551d13')
const subjectAlternativeName = objectId('551d11')
const yes = tagged(0x01, Buffer.from([0xff]))

export function createSelfSignedCertificate(now = new Date()): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const name = sequence(set(sequence(commonName, tagged(0x0c, Buffer.from('Test site')))))
  const day = 86_400_000
  const alternativeNames = sequence(tagged(0x82, Buffer.from('localhost')), tagged(0x87, Buffer.from([127, 0, 0, 1])))
  const extensions = tagged(
    0xa3,
    sequence(
      sequence(basicConstraints, yes, octetString(sequence(yes))),
      sequence(subjectAlternativeName, octetString(alternativeNames))
    )
  )
  const toBeSigned = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.from([1])),
    ecdsaWithSha256,
    name,
    sequence(generalizedTime(new Date(now.getTime() - day)), generalizedTime(new Date(now.getTime() + 30 * day))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions
  )
  const der = sequence(toBeSigned, ecdsaWithSha256, bitString(sign('sha256', toBeSigned, privateKey)))
  const lines = der
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n')
  return {
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    certificatePem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    fingerprint256: createHash('sha256').update(der).digest('hex').toUpperCase().match(/../g)!.join(':')
  }
}
