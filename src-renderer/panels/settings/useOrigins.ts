import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { SettingOrigin } from '../../../src-preload/contract/settings.ts'
import { useWindow } from '../../layout/windowContext.ts'

/** Where each setting comes from that is not at its default; anew whenever one changes. */
export function useOrigins(): Readonly<Record<string, SettingOrigin>> {
  const { connection, stores } = useWindow()
  const settings = useStore(stores.core, (core) => core.settings)
  const [origins, setOrigins] = useState<Readonly<Record<string, SettingOrigin>>>({})
  useEffect(() => {
    let isCurrent = true
    void connection.call('settings.origins', {}).then((answer) => {
      if (isCurrent && answer.ok) setOrigins(answer.value)
    })
    return () => {
      isCurrent = false
    }
  }, [connection, settings])
  return origins
}
