import { InvalidArgumentError } from 'commander'

export function portNumber(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('Give a port from 0 to 65535.')
  return port
}

/** An http or https address, without the slash at its end. */
export function httpAddress(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new InvalidArgumentError('Give an address such as http://10.0.0.5:5000.')
  return text.replace(/\/+$/, '')
}

/** A number within limits, both ends in. */
export const numberIn =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most)
      throw new InvalidArgumentError(`Give a number from ${least} to ${most}.`)
    return value
  }
