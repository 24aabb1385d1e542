import { describe, expect, test } from 'vitest'
import { createContent } from '../../../src-main/sessions/export/exportContent.ts'
import { dasMetadataDocument } from '../../../src-main/sessions/export/dasMetadataDocument.ts'
import { type SourceOptions, sourceOf, wholeSelection } from './exportFixtures.ts'

interface Document {
  network_code: string
  interrogators: { interrogator_id: string; acquisitions?: Record<string, unknown>[] }[]
  [more: string]: unknown
}

const documentOf = (options: SourceOptions = {}): Document =>
  dasMetadataDocument(
    createContent(sourceOf(options), wholeSelection, { gaps: 'kept', holdsBands: true })
  ) as unknown as Document

/** What FDSN DAS-Metadata 2.0 requires, from its JSON schema. */
const required = {
  document: [
    'schema_version',
    'network_code',
    'location',
    'principal_investigator',
    'point_of_contact',
    'point_of_contact_email',
    'point_of_contact_address',
    'start_date'
  ],
  acquisition: [
    'acquisition_id',
    'acquisition_start_time',
    'acquisition_end_time',
    'acquisition_sample_rate',
    'acquisition_sample_rate_unit',
    'gauge_length',
    'gauge_length_unit',
    'unit_of_measure',
    'number_of_channels',
    'spatial_sampling_interval',
    'spatial_sampling_interval_unit'
  ]
}

describe('FDSN DAS-Metadata 2.0', () => {
  test('has what its schema requires, in its forms', () => {
    const document = documentOf()
    for (const key of required.document) expect(document[key], key).toBeTruthy()
    expect(document).toMatchObject({ schema_version: '2.0', start_date: '2023-04-26', end_date: '2023-04-26' })
    expect(document.network_code).toMatch(/^[A-Z0-9]{1,8}$/)
    expect(document.point_of_contact_email).toMatch(/^[^@\s]+@[^@\s]+\.[a-z]+$/)
    expect(document.principal_investigator).toEqual([
      { name: expect.any(String), email: expect.stringContaining('@'), address: expect.any(String) }
    ])
    const [interrogator] = document.interrogators
    expect(interrogator).toMatchObject({ manufacturer: expect.any(String), model: 'Test unit 7' })
    expect(interrogator!.interrogator_id).toMatch(/^[a-zA-Z0-9]{1,8}$/)
    const [acquisition] = interrogator!.acquisitions!
    for (const key of required.acquisition) expect(acquisition![key], key).toBeTruthy()
    expect(acquisition).toMatchObject({
      acquisition_sample_rate: 1000,
      gauge_length: 10,
      number_of_channels: 7,
      spatial_sampling_interval: 1.02095,
      unit_of_measure: 'm/m/s',
      scale_factor: 1e-9
    })
  })

  test.each([
    ['nm/m/s', 'm/m/s', 1e-9],
    ['nm/m', 'm/m', 1e-9],
    ['strain/s', 'm/m/s', 1],
    ['strain', 'm/m', 1],
    ['nstrain', 'm/m', 1e-9],
    ['µε', 'm/m', 1e-6],
    ['m/s', 'm/s', 1],
    ['rad', 'count', undefined],
    [null, 'count', undefined]
  ])('%s is %s', (unit, unitOfMeasure, factor) => {
    const [acquisition] = documentOf({ unit }).interrogators[0]!.acquisitions!
    expect(acquisition!.unit_of_measure).toBe(unitOfMeasure)
    expect(acquisition!.scale_factor).toBe(factor)
  })

  test('an acquisition without a gauge length is left out: nothing is made up', () => {
    expect(documentOf({ gaugeLengthM: null }).interrogators[0]!.acquisitions).toBeUndefined()
    expect(JSON.stringify(documentOf({ gaugeLengthM: null }))).not.toContain('null')
  })

  test('the network is the one that channels are named after', () => {
    const names = Array.from({ length: 7 }, (_, i) => `9N.0006${i}..HSF`)
    expect(documentOf({ channelNames: names }).network_code).toBe('9N')
    expect(documentOf().network_code).toBe('XX')
  })
})
