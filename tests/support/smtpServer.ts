import { createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls'
import { listenLocally } from './listenLocally.ts'
import type { SelfSigned } from './selfSignedCertificate.ts'

export interface ReceivedMail {
  from: string
  to: string[]
  /** Headers and parts as they came. */
  raw: string
  user: string | null
  isEncrypted: boolean
}

export interface SmtpServer {
  readonly port: number
  readonly mails: ReceivedMail[]
  /** Answers with this to a command (`RCPT`, `DATA`, `AUTH`, `GREETING`); null: as it should. */
  misbehave(command: string, answer: string | 'hang' | 'cut' | null): void
  close(): Promise<void>
}

export interface SmtpOptions {
  /** Offers STARTTLS, or with `fromTheStart` speaks TLS alone. */
  tls?: SelfSigned
  fromTheStart?: boolean
  /** Asks for this user and password. */
  login?: { user: string; password: string }
}

/** A mail server as RFC 5321, 3207 (STARTTLS) and 4954 (AUTH PLAIN, LOGIN) describe it; mails stay in memory. */
export async function startSmtpServer(options: SmtpOptions = {}): Promise<SmtpServer> {
  const { tls, login } = options
  const mails: ReceivedMail[] = []
  const wrong = new Map<string, string>()
  const sockets = new Set<Socket>()

  function converse(socket: Socket, isEncrypted: boolean, isGreeted: boolean): void {
    let mail: ReceivedMail = { from: '', to: [], raw: '', user: null, isEncrypted }
    let mode: 'commands' | 'data' | 'plain' | 'user' | 'password' = 'commands'
    let buffered = ''
    let user: string | null = null
    let given = ''
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)

    const say = (...lines: string[]): void => void socket.write(lines.map((line) => `${line}\r\n`).join(''))
    /** True where the command is answered already, wrongly. */
    const isWrong = (command: string): boolean => {
      const answer = wrong.get(command)
      if (answer === undefined) return false
      if (answer === 'cut') socket.destroy()
      else if (answer !== 'hang') say(answer)
      return true
    }
    const checkLogin = (name: string, password: string): void => {
      mode = 'commands'
      if (name !== login?.user || password !== login.password) return say('535 5.7.8 authentication failed')
      user = name
      say('235 2.7.0 welcome')
    }
    const decoded = (text: string): string => Buffer.from(text, 'base64').toString('utf8')

    function command(line: string): void {
      const [word = '', ...rest] = line.split(' ')
      const name = word.toUpperCase()
      if (isWrong(name)) return
      if (name === 'EHLO' || name === 'HELO')
        return say(
          '250-test.example',
          ...(tls && !isEncrypted ? ['250-STARTTLS'] : []),
          ...(login ? ['250-AUTH PLAIN LOGIN'] : []),
          '250 SIZE 10000000'
        )
      if (name === 'STARTTLS' && tls) {
        say('220 go ahead')
        socket.removeAllListeners('data')
        const secure = new TLSSocket(socket, {
          isServer: true,
          secureContext: createSecureContext({ key: tls.keyPem, cert: tls.certificatePem })
        })
        return converse(secure, true, true)
      }
      if (name === 'AUTH') {
        if (rest[0] === 'PLAIN' && rest[1]) {
          const [, own = '', password = ''] = decoded(rest[1]).split('\0')
          return checkLogin(own, password)
        }
        mode = rest[0] === 'PLAIN' ? 'plain' : 'user'
        return say(mode === 'plain' ? '334 ' : '334 VXNlcm5hbWU6')
      }
      if (login && user === null && name === 'MAIL') return say('530 5.7.0 authentication required')
      if (name === 'MAIL') mail = { from: line, to: [], raw: '', user, isEncrypted }
      if (name === 'RCPT') mail.to.push(/<(.*)>/.exec(line)?.[1] ?? '')
      if (name === 'DATA') {
        mode = 'data'
        return say('354 end with a dot')
      }
      if (name === 'STARTTLS') return say('502 5.5.1 not implemented')
      if (name === 'QUIT') return void socket.end('221 bye\r\n')
      say('250 2.0.0 ok')
    }

    socket.on('data', (chunk: Buffer) => {
      buffered += chunk.toString('latin1')
      for (;;) {
        const end = buffered.indexOf(mode === 'data' ? '\r\n.\r\n' : '\r\n')
        if (end < 0) return
        const line = buffered.slice(0, end)
        buffered = buffered.slice(end + (mode === 'data' ? 5 : 2))
        if (mode === 'data') {
          mode = 'commands'
          if (isWrong('BODY')) continue
          mails.push({ ...mail, raw: line })
          say('250 2.0.0 queued as 42')
        } else if (mode === 'plain') {
          const [, own = '', password = ''] = decoded(line).split('\0')
          checkLogin(own, password)
        } else if (mode === 'user') {
          given = decoded(line)
          mode = 'password'
          say('334 UGFzc3dvcmQ6')
        } else if (mode === 'password') checkLogin(given, decoded(line))
        else command(line)
      }
    })
    if (!isGreeted && !isWrong('GREETING')) say('220 test.example ESMTP')
  }

  const server: Server =
    tls && options.fromTheStart
      ? createTlsServer({ key: tls.keyPem, cert: tls.certificatePem }, (socket) => converse(socket, true, false))
      : createServer((socket) => converse(socket, false, false))
  const port = await listenLocally(server)
  return {
    port,
    mails,
    misbehave(name, answer) {
      if (answer === null) wrong.delete(name)
      else wrong.set(name, answer)
    },
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    }
  }
}
