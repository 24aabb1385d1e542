import { useRef } from 'react'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { createAnnotationFiles, type AnnotationFormat } from '../../stores/annotationFiles.ts'
import { downloadText, readText } from '../../widgets/textFiles.ts'

const types: Record<AnnotationFormat, string> = { csv: 'text/csv', coco: 'application/json' }

/** Marks in and out: CSV for tables, COCO for those who teach machines. */
export function AnnotationFileButtons({ job, isEmpty }: { job: JobSnapshot; isEmpty: boolean }) {
  const { connection, stores, actions, clock } = useWindow()
  const input = useRef<HTMLInputElement>(null)
  const files = createAnnotationFiles(connection, stores.annotations, clock.nowMs)

  async function save(format: AnnotationFormat): Promise<void> {
    const made = await files.write(job, format)
    if (made.ok) downloadText(made.value.name, made.value.text, types[format])
    else actions.notify('error', 'annotation file', 'The annotations could not be written', made.error.message)
  }

  async function load(file: File): Promise<void> {
    const read = await readText(file)
    if ('problem' in read) {
      actions.notify('error', 'annotation file', 'No annotation was read', read.problem)
      return
    }
    const outcome = await files.read(job, read.text)
    if (!outcome.ok) {
      actions.notify('error', 'annotation file', `${file.name} was not read`, outcome.error.message)
      return
    }
    const { added, problems } = outcome.value
    if (problems.length === 0 && added > 0) return
    const count = added === 1 ? 'One annotation' : `${added} annotations`
    actions.notify(
      added > 0 ? 'warning' : 'error',
      'annotation file',
      added > 0 ? `${count} read from ${file.name}, not all` : `No annotation was read from ${file.name}`,
      problems.join(' ') || 'It holds none.'
    )
  }

  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".csv,.txt,.tsv,.json"
        hidden
        data-testid="annotation-file"
        onChange={(event) => {
          const [file] = event.target.files ?? []
          // The same file may be chosen again.
          if (file) void load(file).finally(() => input.current && (input.current.value = ''))
        }}
      />
      <button
        type="button"
        className="small-button"
        data-testid="annotation-import"
        onClick={() => input.current?.click()}
      >
        Import…
      </button>
      <button
        type="button"
        className="small-button"
        data-testid="annotation-csv"
        disabled={isEmpty}
        onClick={() => void save('csv')}
      >
        CSV
      </button>
      <button
        type="button"
        className="small-button"
        data-testid="annotation-coco"
        disabled={isEmpty}
        onClick={() => void save('coco')}
      >
        COCO
      </button>
    </>
  )
}
