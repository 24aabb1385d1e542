import type { Notice } from '../../src-preload/contract/schemas.ts'
import type { Clock } from '../clock.ts'

export interface Notices {
  add(notice: Pick<Notice, 'severity' | 'title' | 'detail' | 'jobId'>): void
  list(): Notice[]
  /** False where there is no such notice (any more). */
  dismiss(id: string): boolean
}

/** What an operator must see stays until dismissed. Equal notices are counted; beyond the bound the oldest go. */
export function createNotices(clock: Clock, changed: (notices: Notice[]) => void, noticesMax = 100): Notices {
  let notices: Notice[] = []
  let nextId = 1

  return {
    add({ severity, title, detail, jobId }) {
      const equal = notices.find(
        (notice) =>
          notice.severity === severity && notice.title === title && notice.detail === detail && notice.jobId === jobId
      )
      const added: Notice = {
        id: equal?.id ?? `notice-${nextId++}`,
        severity,
        title,
        detail,
        jobId,
        atNs: clock.nowNs().toString(),
        count: (equal?.count ?? 0) + 1
      }
      notices = [...notices.filter((notice) => notice !== equal), added].slice(-noticesMax)
      changed(notices)
    },
    list: () => notices,
    dismiss(id) {
      const left = notices.filter((notice) => notice.id !== id)
      if (left.length === notices.length) return false
      notices = left
      changed(notices)
      return true
    }
  }
}
