import { useStore } from 'zustand'
import type { Notice } from '../../../src-preload/contract/schemas.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { allNotices } from '../../stores/noticesStore.ts'
import { dateTimeOf } from '../../widgets/format.ts'
import { Icon } from '../../widgets/Icon.tsx'
import { StateMark, type Tone } from '../../widgets/StateMark.tsx'
import './notices.css'

const look: Record<Notice['severity'], { word: string; tone: Tone }> = {
  info: { word: 'Note', tone: 'quiet' },
  warning: { word: 'Warning', tone: 'warning' },
  error: { word: 'Error', tone: 'bad' }
}

/** As many as a glance takes in; the rest is behind the bell. */
const bannersMost = 2

function NoticeRow({ notice, isBanner }: { notice: Notice; isBanner: boolean }) {
  const { actions } = useWindow()
  const { word, tone } = look[notice.severity]
  return (
    <li className={`notice notice-${tone}`} data-testid="notice" data-severity={notice.severity}>
      <StateMark tone={tone} />
      <div className="notice-text">
        <p>
          <strong>
            {word}: {notice.title}
          </strong>
          {notice.count > 1 && <span className="notice-count"> × {notice.count}</span>}
        </p>
        {notice.detail && <p>{notice.detail}</p>}
        {!isBanner && (
          <p className="notice-when">{[notice.jobId, `${dateTimeOf(notice.atNs)} UTC`].filter(Boolean).join(' · ')}</p>
        )}
      </div>
      <button
        type="button"
        className="icon-button"
        aria-label={`Dismiss: ${notice.title}`}
        title="Dismiss"
        data-testid="notice-dismiss"
        onClick={() => void actions.dismissNotice(notice.id)}
      >
        <Icon name="close" size={14} />
      </button>
    </li>
  )
}

/** Errors and warnings above the view: they stay until read. */
export function NoticeBanners() {
  const { stores } = useWindow()
  const model = useStore(stores.notices)
  const isPanelOpen = useStore(stores.layout, (layout) => layout.areNoticesOpen)
  const all = allNotices(model)
  const urgent = [
    ...all.filter((notice) => notice.severity === 'error'),
    ...all.filter((notice) => notice.severity === 'warning')
  ]
  if (urgent.length === 0 || isPanelOpen) return null
  return (
    <div className="notice-banners" role="alert" data-testid="notice-banners">
      <ul>
        {urgent.slice(0, bannersMost).map((notice) => (
          <NoticeRow key={notice.id} notice={notice} isBanner />
        ))}
      </ul>
      {urgent.length > bannersMost && (
        <button
          type="button"
          className="link-button"
          onClick={() => stores.layout.setState({ areNoticesOpen: true, areCountersOpen: false })}
        >
          {urgent.length - bannersMost} more
        </button>
      )}
    </div>
  )
}

export function NoticePanel() {
  const { stores } = useWindow()
  const model = useStore(stores.notices)
  const isOpen = useStore(stores.layout, (layout) => layout.areNoticesOpen)
  if (!isOpen) return null
  const notices = allNotices(model)
  return (
    <section id="notices-panel" className="notice-panel" aria-label="Notices" data-testid="notices-panel">
      <header>
        <h2>Notices</h2>
        <button
          type="button"
          className="icon-button"
          aria-label="Close notices"
          onClick={() => stores.layout.setState({ areNoticesOpen: false })}
        >
          <Icon name="close" size={14} />
        </button>
      </header>
      {notices.length === 0 ? (
        <p className="empty">Nothing to read. What goes wrong is listed here and stays until you dismiss it.</p>
      ) : (
        <ul>
          {notices.map((notice) => (
            <NoticeRow key={notice.id} notice={notice} isBanner={false} />
          ))}
        </ul>
      )}
    </section>
  )
}
