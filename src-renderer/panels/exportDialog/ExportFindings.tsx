import { useStore } from 'zustand'
import { useWindow } from '../../layout/windowContext.ts'

/** Why it cannot be exported so, and what the format cannot hold. */
export function ExportFindings() {
  const { stores } = useWindow()
  const { check, failure, isChecking, draft } = useStore(stores.exporting)
  const refusal = failure ?? check?.refusal ?? null
  const isInTheWay = check?.targetExists === true && !draft.overwrite && refusal === null
  return (
    <div className="export-findings" aria-live="polite" data-testid="export-findings">
      {!check && !failure && isChecking && <p>Looking at the recording…</p>}
      {refusal !== null && <p className="field-messages">{refusal}</p>}
      {isInTheWay && <p className="field-messages">A file of that name is there already.</p>}
      {check && check.limits.length > 0 && (
        <>
          <h2>What this format does not hold</h2>
          <ul>
            {check.limits.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
          </ul>
          <p>It is written into the sidecar beside the file.</p>
        </>
      )}
    </div>
  )
}
