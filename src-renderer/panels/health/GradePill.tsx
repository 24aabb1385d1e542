import { useStore } from 'zustand'
import { useWindow } from '../../layout/windowContext.ts'
import { ageText, gradeTones, gradeWords, timeText } from './healthText.ts'
import './health.css'

/** The grade and what it means for the data, for the top bar; opens the health page. */
export function GradePill() {
  const { stores, clock } = useWindow()
  const status = useStore(stores.health, ({ live }) => live?.status ?? null)
  if (!status) return null
  const { losses, grade, uptimeS } = status
  const nowMs = clock.nowMs()
  const words = losses.isLosing
    ? `since ${timeText(losses.sinceMs ?? nowMs)}`
    : losses.lostRows + losses.lostBlocks + losses.captureLostBlocks === 0
      ? `nothing lost in ${ageText(nowMs - uptimeS * 1000, nowMs)}`
      : 'nothing is being lost'
  const tone = losses.isLosing ? 'bad' : gradeTones[grade]
  return (
    <button
      type="button"
      className={`pill pill-button grade-pill grade-${tone}`}
      data-testid="grade-pill"
      data-grade={grade}
      title={status.headline}
      onClick={() => stores.layout.setState({ section: 'health' })}
    >
      <strong>{losses.isLosing ? 'Losing data' : gradeWords[grade]}</strong>
      <span>{words}</span>
    </button>
  )
}
