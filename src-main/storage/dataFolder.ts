import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the program keeps what is the user's, by the custom of the operating system. */
export function dataFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform
): string {
  if (environment.WAVEFALL_DATA) return environment.WAVEFALL_DATA
  if (platform === 'win32') return join(environment.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Wavefall')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Wavefall')
  return join(environment.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'wavefall')
}
