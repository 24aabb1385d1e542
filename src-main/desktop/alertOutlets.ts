import { Notification, safeStorage } from 'electron'

/** A notification that nobody shows within this time was taken: not every desktop tells. */
const shownWithinMs = 3000

/** On Linux without a key ring Electron would only obfuscate: that is no key store. */
const isProtected = (): boolean =>
  safeStorage.isEncryptionAvailable() &&
  (process.platform !== 'linux' || safeStorage.getSelectedStorageBackend?.() !== 'basic_text')

function notifyDesktop(title: string, body: string): Promise<void> {
  if (!Notification.isSupported()) return Promise.reject(new Error('this desktop shows no notifications'))
  return new Promise((resolve, reject) => {
    const notification = new Notification({ title, body })
    const timer = setTimeout(resolve, shownWithinMs)
    notification.once('show', () => {
      clearTimeout(timer)
      resolve()
    })
    notification.once('failed', (_event, error) => {
      clearTimeout(timer)
      reject(new Error(error))
    })
    notification.show()
  })
}

/** Key store and notifications of the desktop, for the alerts of the core. */
export const desktopAlertOutlets = () => ({
  keyStore: {
    isAvailable: isProtected,
    encrypt: (text: string): Uint8Array => safeStorage.encryptString(text),
    decrypt: (bytes: Uint8Array): string => safeStorage.decryptString(Buffer.from(bytes))
  },
  notifyDesktop
})
