export const licenceAddress = 'https://www.apache.org/licenses/LICENSE-2.0'

/** Pages that the program itself links to; nothing else ever reaches the system's browser. */
const externalPages: readonly { host: string; path: string }[] = [
  { host: 'www.apache.org', path: '/licenses/' },
  { host: 'docs.energistics.org', path: '/' }
]

export function isExternalPage(address: string): boolean {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    return false
  }
  if (url.protocol !== 'https:' || url.username || url.password || url.port) return false
  return externalPages.some(({ host, path }) => url.host === host && url.pathname.startsWith(path))
}
