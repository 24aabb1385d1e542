import type { LoadEstimate } from '../../../src-preload/contract/calls.ts'
import { bytesText, scoreText } from '../../widgets/format.ts'
import { LoadBar } from '../../widgets/LoadBar.tsx'

/** What the job would cost, against what this machine takes, and what to change when that is too much. */
export const LoadEstimateView = ({ load }: { load: LoadEstimate }) => (
  <div className="load" data-testid="form-load" data-fits={load.fits}>
    <p>
      Load <strong>{scoreText(load.score)}</strong> of {scoreText(load.scoreLimit)} this machine takes
    </p>
    <LoadBar share={load.score / load.scoreLimit} label="Load score" />
    <p>
      Memory <strong>{bytesText(load.memoryBytes)}</strong> of {bytesText(load.memoryLimitBytes)}
    </p>
    <LoadBar share={load.memoryBytes / load.memoryLimitBytes} label="Memory" />
    {load.suggestion && (
      <p className={load.fits ? 'load-suggestion' : 'field-messages'} role="status" data-testid="form-suggestion">
        {load.suggestion}
      </p>
    )}
  </div>
)
