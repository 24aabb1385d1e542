import { useEffect, useRef } from 'react'
import { useWindow } from '../../layout/windowContext.ts'

/** The core's clock. Writes its text itself: ten times a second is no work for React. */
export function UtcClock() {
  const { clock } = useWindow()
  const time = useRef<HTMLElement>(null)
  useEffect(() => {
    const show = (): void => {
      if (time.current) time.current.textContent = new Date(clock.nowMs()).toISOString().slice(11, 21)
    }
    show()
    const timer = setInterval(show, 100)
    return () => clearInterval(timer)
  }, [clock])
  return (
    <div className="pill" data-testid="utc-clock" role="timer" aria-label="Time of the core, UTC">
      <strong ref={time} /> <span>UTC</span>
    </div>
  )
}
