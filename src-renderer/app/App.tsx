import { useStore } from 'zustand'
import { ConnectionBanner } from '../layout/ConnectionBanner.tsx'
import { Rail } from '../layout/Rail.tsx'
import { ViewArea } from '../layout/ViewArea.tsx'
import { useWindow } from '../layout/windowContext.ts'
import { CaptureControl } from '../panels/captures/CaptureControl.tsx'
import { CaptureStatus } from '../panels/captures/CaptureStatus.tsx'
import { CursorReadout } from '../panels/cursorReadout/CursorReadout.tsx'
import { ExportDialog } from '../panels/exportDialog/ExportDialog.tsx'
import { FileQuestionDialog } from '../panels/fileQuestion/FileQuestionDialog.tsx'
import { JobForm } from '../panels/jobForm/JobForm.tsx'
import { JobList } from '../panels/jobList/JobList.tsx'
import { NoticeBanners, NoticePanel } from '../panels/notices/NoticeList.tsx'
import { RecordingList } from '../panels/recordings/RecordingList.tsx'
import { SessionList } from '../panels/sessions/SessionList.tsx'
import { StreamStrip } from '../panels/streamStrip/StreamStrip.tsx'
import { TaskListPanel } from '../panels/tasks/TaskList.tsx'
import { TopBar } from '../panels/topBar/TopBar.tsx'
import { TransportBar } from '../panels/transport/TransportBar.tsx'
import { WaterfallTile } from '../panels/waterfall/WaterfallTile.tsx'

function Inspector() {
  const { stores } = useWindow()
  const { section, isInspectorOpen } = useStore(stores.layout)
  if (!isInspectorOpen) return null
  return (
    <aside className="inspector" aria-label="Inspector" data-testid="inspector">
      {section === 'jobs' && (
        <>
          <JobForm />
          <CursorReadout />
          <JobList />
        </>
      )}
      {section === 'sessions' && <SessionList />}
      {section === 'recordings' && <RecordingList />}
      {section === 'tasks' && <TaskListPanel />}
    </aside>
  )
}

export const App = () => (
  <div className="window">
    <TopBar />
    <ConnectionBanner />
    <div className="window-middle">
      <Rail />
      <div className="window-centre">
        <NoticeBanners />
        <ViewArea
          tile={(job, tileId) => (
            <WaterfallTile
              key={tileId}
              job={job}
              tileId={tileId}
              controls={<CaptureControl job={job} />}
              footer={<TransportBar key={job.id} job={job} />}
            />
          )}
        />
      </div>
      <Inspector />
      <NoticePanel />
    </div>
    <StreamStrip recording={<CaptureStatus />} />
    <ExportDialog />
    <FileQuestionDialog />
  </div>
)
