import { connect } from 'node:net'

/** Sends bytes as they are and gives the head of the answer; what a well-behaved client would never send. */
export function rawHttp(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.setEncoding('utf8')
    socket.setTimeout(8000, () => socket.destroy())
    socket.on('data', (part: string) => {
      answer += part
      if (/\r\n\r\n/.test(answer)) socket.end()
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)))
  })
}
