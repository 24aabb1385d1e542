import { composePicture, pngOf, type PictureHead } from '../render/composePicture.ts'
import type { FrameScheduler } from '../render/frameScheduler.ts'
import type { Actions } from '../stores/actions.ts'
import type { Stores } from '../stores/stores.ts'
import type { CoreClock } from '../stream/coreClock.ts'

export interface PictureParts {
  stores: Stores
  scheduler: FrameScheduler
  clock: CoreClock
  notify: Actions['notify']
}

const wordsOf = (element: Element | null | undefined): string => (element?.textContent ?? '').trim()

/** What a tile's header says, and when. */
function headOf(element: Element, nowMs: number, siteName: string): PictureHead {
  const headers = [...element.querySelectorAll('.tile-header')]
  const [header] = headers
  const title =
    headers.length === 1 && header
      ? [
          wordsOf(header.querySelector('h1')),
          wordsOf(header.querySelector('.tile-job')),
          wordsOf(header.querySelector('.badge'))
        ]
      : ['Wavefall', `${headers.length} tiles`]
  const time = new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ')
  return { title: title.filter(Boolean).join(' · '), note: `${siteName} · ${time} UTC` }
}

const fileNameOf = ({ title, note }: PictureHead): string =>
  `${title} ${note}`
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 100)

/** Takes pictures of tiles with their axes: to a file, or to the clipboard. */
export function createPictureTaker({ stores, scheduler, clock, notify }: PictureParts) {
  const failed = (reason: string): void => notify('warning', 'picture', 'The picture was not kept', reason)
  const done = (what: string): void =>
    notify('info', 'picture kept', what, 'It shows the tile as it was, with its axes and its colour bar.')

  function download(blob: Blob, name: string): void {
    const address = URL.createObjectURL(blob)
    const link = document.createElement('a')
    link.href = address
    link.download = `${name}.png`
    link.click()
    setTimeout(() => URL.revokeObjectURL(address), 60_000)
  }

  async function copy(blob: Blob): Promise<void> {
    if (typeof ClipboardItem === 'undefined' || !navigator.clipboard?.write) {
      failed(
        'This browser gives a page without TLS no clipboard. Save the picture to a file, or open the page over https.'
      )
      return
    }
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })])
    done('The picture is in the clipboard')
  }

  async function keep(blob: Blob, name: string, target: 'file' | 'clipboard'): Promise<void> {
    const bridge = window.wavefall
    if (!bridge) {
      if (target === 'file') download(blob, name)
      else await copy(blob)
      return
    }
    const kept = await bridge.keepPicture(target, name, await blob.arrayBuffer())
    if (kept?.problem) failed(kept.problem)
    else if (kept) done(kept.path === null ? 'The picture is in the clipboard' : `The picture is in ${kept.path}`)
  }

  return (what: 'tile' | 'window', target: 'file' | 'clipboard'): void => {
    const { activeTile } = stores.tiles.getState()
    const element = document.querySelector(what === 'window' ? '.view-area' : `[data-slot="${activeTile}"]`)
    if (!element) return
    scheduler.drawAllThen(() => {
      const head = headOf(element, clock.nowMs(), stores.core.getState().backend?.name ?? 'Wavefall')
      const canvas = composePicture(element, head)
      void pngOf(canvas)
        .then((blob) => (blob ? keep(blob, fileNameOf(head), target) : failed('The browser could not encode it.')))
        .catch((error: unknown) => failed(error instanceof Error ? error.message : String(error)))
    })
  }
}
