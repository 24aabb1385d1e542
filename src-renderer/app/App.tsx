import { useStore } from 'zustand'
import type { JobSnapshot } from '../../src-preload/contract/schemas.ts'
import { mainWindowId } from '../../src-preload/contract/workbench.ts'
import { ConnectionBanner } from '../layout/ConnectionBanner.tsx'
import { PopOutHead } from '../layout/PopOutHead.tsx'
import { Rail } from '../layout/Rail.tsx'
import { TileControls } from '../layout/TileControls.tsx'
import { ViewArea } from '../layout/ViewArea.tsx'
import { WaitingWindows } from '../layout/WaitingWindows.tsx'
import { useWindow } from '../layout/windowContext.ts'
import { AnnotationList } from '../panels/annotations/AnnotationList.tsx'
import { AccessPanel } from '../panels/access/AccessPanel.tsx'
import { AlertBell } from '../panels/alerts/AlertBell.tsx'
import { AlertDrawer, AlertList } from '../panels/alerts/AlertList.tsx'
import { AlertSettings } from '../panels/alerts/AlertSettings.tsx'
import { CaptureControl } from '../panels/captures/CaptureControl.tsx'
import { CaptureStatus } from '../panels/captures/CaptureStatus.tsx'
import { CursorReadout } from '../panels/cursorReadout/CursorReadout.tsx'
import { ExportDialog } from '../panels/exportDialog/ExportDialog.tsx'
import { FileQuestionDialog } from '../panels/fileQuestion/FileQuestionDialog.tsx'
import { GradePill } from '../panels/health/GradePill.tsx'
import { HealthPage } from '../panels/health/HealthPage.tsx'
import { FirstSteps } from '../panels/hints/FirstSteps.tsx'
import { JobHistory } from '../panels/history/JobHistory.tsx'
import { OpenedSet } from '../panels/history/OpenedSet.tsx'
import { JobForm } from '../panels/jobForm/JobForm.tsx'
import { JobList } from '../panels/jobList/JobList.tsx'
import { LayoutDialogs } from '../panels/layouts/LayoutDialogs.tsx'
import { MultiChannelTile } from '../panels/multiChannel/MultiChannelTile.tsx'
import { LogViewer } from '../panels/logs/LogViewer.tsx'
import { MeasureLayer } from '../panels/measuring/MeasureLayer.tsx'
import { Measurements } from '../panels/measuring/Measurements.tsx'
import { NoticeBanners, NoticePanel } from '../panels/notices/NoticeList.tsx'
import { RecordingList } from '../panels/recordings/RecordingList.tsx'
import { SessionList } from '../panels/sessions/SessionList.tsx'
import { SettingsPage } from '../panels/settings/SettingsPage.tsx'
import { SingleChannelTile } from '../panels/singleChannel/SingleChannelTile.tsx'
import { StreamStrip } from '../panels/streamStrip/StreamStrip.tsx'
import { TaskListPanel } from '../panels/tasks/TaskList.tsx'
import { TopBar } from '../panels/topBar/TopBar.tsx'
import { TransportBar } from '../panels/transport/TransportBar.tsx'
import { WaterfallTile } from '../panels/waterfall/WaterfallTile.tsx'
import { pageSections } from '../stores/layoutStore.ts'
import { CommandPalette } from './commands/CommandPalette.tsx'
import { KeyMap } from './commands/KeyMap.tsx'

function Inspector() {
  const { stores } = useWindow()
  const { section, isInspectorOpen } = useStore(stores.layout)
  if (!isInspectorOpen || pageSections.has(section)) return null
  return (
    <aside className="inspector" aria-label="Inspector" data-testid="inspector">
      <OpenedSet />
      {section === 'jobs' && (
        <>
          <FirstSteps />
          <JobForm />
          <CursorReadout />
          <Measurements />
          <AnnotationList />
          <JobList />
        </>
      )}
      {section === 'history' && <JobHistory />}
      {section === 'sessions' && <SessionList />}
      {section === 'recordings' && <RecordingList />}
      {section === 'tasks' && <TaskListPanel />}
    </aside>
  )
}

/** A full page in the place of the tiles, which stay as they are behind it. */
function Page() {
  const { stores } = useWindow()
  const section = useStore(stores.layout, (layout) => layout.section)
  if (section === 'health') return <HealthPage alerts={<AlertList />} log={<LogViewer />} />
  return section === 'settings' ? <SettingsPage access={<AccessPanel />} /> : null
}

const views = { waterfall: WaterfallTile, multi: MultiChannelTile, single: SingleChannelTile } as const

/** The view that a job was opened for. */
const drawTile = (job: JobSnapshot, tileId: string) => {
  const View = views[job.request.view]
  return (
    <View
      job={job}
      tileId={tileId}
      controls={
        <>
          <MeasureLayer job={job} />
          <CaptureControl job={job} />
          <TileControls tileId={tileId} />
        </>
      }
      footer={<TransportBar key={job.id} job={job} />}
    />
  )
}

/** A window of one tile: picture, axes, colour bar and strip. */
const PopOutWindow = () => (
  <div className="window" data-testid="pop-out">
    <ConnectionBanner />
    <div className="window-middle">
      <div className="window-centre">
        <NoticeBanners />
        <ViewArea drawTile={drawTile} />
      </div>
      <NoticePanel />
    </div>
    <StreamStrip recording={<PopOutHead />} />
    <CommandPalette />
    <KeyMap />
  </div>
)

const MainWindow = () => (
  <div className="window">
    <TopBar grade={<GradePill />} alerts={<AlertBell />} />
    <ConnectionBanner />
    <WaitingWindows />
    <div className="window-middle">
      <Rail />
      <div className="window-centre">
        <NoticeBanners />
        <ViewArea drawTile={drawTile} />
        <Page />
      </div>
      <Inspector />
      <NoticePanel />
      <AlertDrawer />
    </div>
    <StreamStrip recording={<CaptureStatus />} />
    <AlertSettings />
    <ExportDialog />
    <FileQuestionDialog />
    <LayoutDialogs />
    <CommandPalette />
    <KeyMap />
  </div>
)

export function App() {
  const { desk } = useWindow()
  const isMain = useStore(desk, (model) => model.windowId === mainWindowId)
  return isMain ? <MainWindow /> : <PopOutWindow />
}
