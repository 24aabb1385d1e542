import { findRidges, strongestNear } from '../support/ridges.ts'
import { startFocusServer } from '../support/focusServerProcess.ts'
import { canvasState, holdPicture, takePicture } from './picture.ts'
import { expect, test } from './shell.ts'

interface TruthEvent {
  kind: string
  start_time_ns: string
  end_time_ns: string
  start_distance_m: number
  speed_m_per_s: number | null
  details: Record<string, number | string>
}

async function truthBetween(base: string, fromS: number, toS: number): Promise<TruthEvent[]> {
  const answer = await fetch(`${base}/simulation/truth?from=${fromS}&to=${toS}`)
  return ((await answer.json()) as { events: TruthEvent[] }).events
}

const placeAt = (event: TruthEvent, atS: number): number =>
  event.start_distance_m + event.speed_m_per_s! * (atS - Number(BigInt(event.start_time_ns)) / 1e9)

/**
 * Vehicles that were on the fibre for most of the picture, with no other one of their own direction within `apartM`. One that
 * comes towards them crosses their line at a point and hides nothing.
 */
function clearVehicles(
  events: TruthEvent[],
  fromS: number,
  toS: number,
  left: number,
  right: number,
  apartM: number
): TruthEvent[] {
  const moving = events.filter(({ kind }) => kind === 'vehicle' || kind === 'train')
  const times = Array.from({ length: 21 }, (_, index) => fromS + ((toS - fromS) * index) / 20)
  const isOn = (event: TruthEvent, at: number): boolean =>
    placeAt(event, at) > left + 40 && placeAt(event, at) < right - 40
  const isBeside = (one: TruthEvent, other: TruthEvent): boolean =>
    other !== one &&
    Math.sign(other.speed_m_per_s!) === Math.sign(one.speed_m_per_s!) &&
    times.some((at) => isOn(one, at) && Math.abs(placeAt(other, at) - placeAt(one, at)) < apartM)
  return moving.filter(
    (event) =>
      event.kind === 'vehicle' &&
      times.filter((at) => isOn(event, at)).length >= 15 &&
      !moving.some((other) => isBeside(event, other))
  )
}

test('a live job shows the vehicles of the simulated fibre where and as fast as they really are', async ({ shell }) => {
  test.slow()
  const server = await startFocusServer()
  try {
    const page = await shell.open({ backend: server.base })
    const canvas = page.getByTestId('waterfall-canvas')
    await expect(canvas).toHaveAttribute('data-job-state', 'streaming', { timeout: 10_000 })
    // 30 s of picture: a vehicle then covers some hundred metres.
    await expect.poll(async () => Number((await canvasState(page)).rows ?? 0), { timeout: 60_000 }).toBeGreaterThan(600)
    await holdPicture(page)
    const picture = await takePicture(page, 3)
    expect(Number(picture.state.leftDistance)).toBeGreaterThan(-2)
    expect(Number(picture.state.rightDistance)).toBeLessThan(2222 * 1.02 + 2)

    const fromS = picture.secondsOfRow(0)
    const toS = picture.secondsOfRow(picture.rows - 1)
    const events = await truthBetween(server.base, fromS, toS)
    const left = picture.metresOfColumn(0)
    const right = picture.metresOfColumn(picture.columns - 1)
    const vehicles = clearVehicles(events, fromS, toS, left, right, 60)
    const middleS = (fromS + toS) / 2
    const close = (line: { metres: number; speedMPerS: number }, metres: number, speed: number): boolean =>
      Math.abs(line.metres - metres) < 15 && Math.abs(line.speedMPerS - speed) < 1.2

    // Each vehicle: the strongest line of its neighbourhood is its own.
    const reach = { metres: 45, speedMPerS: 4 }
    const measured = vehicles.map((vehicle) => {
      const metres = placeAt(vehicle, middleS)
      const speed = vehicle.speed_m_per_s!
      const line = strongestNear(picture, { metres, speedMPerS: speed }, reach)
      return { metres, speed, line, agrees: close(line, metres, speed) }
    })
    const report = JSON.stringify(measured)
    expect(vehicles.length, 'vehicles that can be told apart').toBeGreaterThan(0)
    // A quiet one may be drowned by what passes beside it; by chance alone one in nine would agree.
    expect(measured.filter((one) => one.agrees).length, report).toBeGreaterThanOrEqual(Math.ceil(vehicles.length * 0.6))

    // Without knowing the truth: the clearest line of the whole picture is something that really moves so.
    const [clearest] = findRidges(picture, {
      speeds: { from: 5, to: 42, step: 0.5 },
      leastSeconds: (toS - fromS) * 0.6,
      halfWidthM: 25,
      most: 1
    })
    const isReal = (event: TruthEvent): boolean => {
      const place = placeAt(event, clearest!.atS)
      const behindM = event.kind === 'train' ? Number(event.details.lengthM) : 0
      const back = place - Math.sign(event.speed_m_per_s!) * behindM
      const inside = clearest!.metres > Math.min(place, back) - 15 && clearest!.metres < Math.max(place, back) + 15
      return inside && Math.abs(clearest!.speedMPerS - event.speed_m_per_s!) < 1.5
    }
    const moving = events.filter(({ kind }) => kind === 'vehicle' || kind === 'train')
    expect(moving.some(isReal), JSON.stringify({ clearest, moving })).toBe(true)
    const strip = page.getByTestId('stream-strip')
    await expect(strip.getByTestId('counter-gaps')).toContainText('0')
    await expect(strip.getByTestId('counter-lost')).toContainText('0')
  } finally {
    await server.stop()
  }
})

test('the picture is there within 5 s of opening the window', async ({ shell }) => {
  const server = await startFocusServer()
  try {
    const page = await shell.open({ backend: server.base })
    await expect(page.getByTestId('waterfall-canvas')).toHaveAttribute('data-rows', /^[1-9]\d*$/, { timeout: 5000 })
  } finally {
    await server.stop()
  }
})

test('dark and light, zoomed and back', async ({ shell }) => {
  const server = await startFocusServer()
  try {
    const page = await shell.open({ backend: server.base })
    const canvas = page.getByTestId('waterfall-canvas')
    await expect.poll(async () => Number((await canvasState(page)).rows ?? 0)).toBeGreaterThan(40)
    const wide = await canvasState(page)
    await canvas.hover()
    await page.keyboard.down('Control')
    await page.mouse.wheel(0, -600)
    await page.keyboard.up('Control')
    await expect
      .poll(async () => {
        const now = await canvasState(page)
        return Number(now.rightDistance) - Number(now.leftDistance)
      })
      .toBeLessThan((Number(wide.rightDistance) - Number(wide.leftDistance)) * 0.9)
    await canvas.dblclick()
    await expect
      .poll(async () => Number((await canvasState(page)).rightDistance))
      .toBeCloseTo(Number(wide.rightDistance), 0)
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
    await page.getByTestId('theme-toggle').click()
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
  } finally {
    await server.stop()
  }
})
