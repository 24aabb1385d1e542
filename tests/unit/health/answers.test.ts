import { expect, test } from 'vitest'
import { defaultSettings } from '../../../src-preload/contract/settings.ts'
import type { HealthSettings } from '../../../src-preload/contract/healthSettings.ts'
import { createAnswers } from '../../../src-main/health/answers.ts'
import { judgeMemory } from '../../../src-main/health/memoryLevel.ts'
import { manualClock } from '../../support/manualClock.ts'

function started(change: Partial<HealthSettings> = {}) {
  const clock = manualClock()
  const settings = { ...defaultSettings().health, ...change }
  const done: string[] = []
  const alerts: string[] = []
  let held = 500e6
  const answers = createAnswers({
    clock,
    settings: () => settings,
    levers: {
      collectGarbage: async () => {
        done.push('gc')
        held -= 20e6
        return true
      },
      clearCaches() {
        done.push('caches')
        held -= 100e6
        return '12 entries of 3 caches.'
      },
      thinRows(jobId, stride) {
        done.push(`rows 1/${stride} ${jobId ?? 'all'}`)
        return 'Rows.'
      },
      holdTasks(isHeld) {
        done.push(isHeld ? 'tasks wait' : 'tasks go on')
        return 'Tasks.'
      },
      prepareRestart: async () => {
        done.push('restart')
        return 'Written down.'
      },
      withdrawRestart: async () => {
        done.push('no restart')
        return 'Taken back.'
      }
    },
    findings: {
      raise: ({ severity }) => void alerts.push(severity),
      resolve: () => void alerts.push('resolved')
    },
    heldBytes: () => ({ heldBytes: held, rssBytes: 700e6 }),
    done: () => undefined
  })
  const at = async (rssMb: number) => {
    const running = answers.levelIs(
      judgeMemory({ rssBytes: rssMb * 1e6, machinePercent: 20, heapPercent: 10 }, settings)
    )
    await clock.advance(1000)
    await running
  }
  return { clock, answers, done, alerts, at }
}

test('each level does what it says, with an alert and the effect of each action', async () => {
  const { answers, done, alerts, at } = started()
  await at(1100)
  expect(done.splice(0)).toEqual(['gc'])
  await at(2100)
  expect(done.splice(0)).toEqual(['rows 1/2 all', 'gc', 'gc', 'gc', 'caches'])
  await at(4200)
  expect(done.splice(0)).toEqual(['caches', 'tasks wait', 'rows 1/4 all', 'gc', 'gc', 'gc', 'restart'])
  expect(alerts).toEqual(['warning', 'critical', 'emergency'])
  const caches = answers.list().find(({ what }) => what === 'drop caches')!
  expect(caches).toMatchObject({ freedMb: 100, succeeded: true })
  expect(caches.cause).toBe('level emergency: the program holds 4 200 MB, emergency from 4 096 MB')
})

test('while a level lasts it is not done again at each check; after a while it is', async () => {
  const { clock, done, at } = started()
  await at(1100)
  await at(1100)
  expect(done).toEqual(['gc'])
  await clock.advance(300_000)
  await at(1100)
  expect(done).toEqual(['gc', 'gc'])
})

test('what was taken away is given back when memory stayed below the level for a minute', async () => {
  const { clock, done, alerts, at } = started()
  await at(4200)
  done.length = 0
  await at(300)
  expect(done).toEqual([])
  await clock.advance(61_000)
  await at(300)
  expect(done).toEqual(['tasks go on', 'rows 1/1 all', 'no restart'])
  expect(alerts.at(-1)).toBe('resolved')
})

test('one switch turns all of it off, and each action has its own', async () => {
  const off = started({ answers: false })
  await off.at(4200)
  expect(off.done).toEqual([])
  expect(off.alerts).toEqual(['emergency'])
  const some = started({
    answerThrottle: false,
    answerRestart: false,
    answerStopTasks: false,
    answerAlert: false,
    answerGcCycles: 1
  })
  await some.at(4200)
  expect(some.done).toEqual(['caches', 'gc'])
  expect(some.alerts).toEqual([])
  const noGc = started({ answerGc: false, answerCaches: false })
  await noGc.at(4200)
  expect(noGc.done).toEqual(['tasks wait', 'rows 1/4 all', 'restart'])
})

test('an operator frees memory by hand, and halves the rows of one job', async () => {
  const { answers, done } = started()
  const [freed] = await answers.act('free memory', null, 'operator')
  expect(freed).toMatchObject({ what: 'drop caches', freedMb: 100 })
  await answers.act('fewer rows', 'live-7', 'operator')
  expect(done).toEqual(['caches', 'gc', 'rows 1/2 live-7'])
})
