// A webhook as it stands in the form: texts as they were typed, rows that keep their identity, secrets that are either
// stored (and not known here) or given. Invariant: every row's key is unique within the form and never used again, so
// that a fault or the focus stays with its row when others come and go.
import type { WebhookForm } from '../../domain/webhook-form.ts'
import { limitTextsOf, noLimitTexts } from './limit-texts.ts'
import type { LimitTexts } from './limit-texts.ts'

/** `stored`: set, and known to the server alone. */
export type Secret = { readonly kind: 'stored' } | { readonly kind: 'given'; readonly text: string }

export interface ParameterRow {
  readonly key: number
  readonly name: string
  readonly source: 'parameter' | 'literal'
  /** A call parameter's name, or what was typed in its place; or the literal text. */
  readonly value: string
}

export interface HeaderRow {
  readonly key: number
  readonly name: string
  readonly value: Secret
}

export interface SigningSecretRow {
  readonly key: number
  /** A stored one that is removed keeps its place until it is saved: those behind it are known by theirs. */
  readonly kind: 'stored' | 'removed' | 'new'
  /** Of a new one. */
  readonly text: string
}

export interface FormState extends LimitTexts {
  readonly enabled: boolean
  readonly address: string
  readonly path: string
  readonly parameters: readonly ParameterRow[]
  /** Empty where what is stored is none that is known. */
  readonly method: 'GET' | 'POST' | ''
  readonly eventTypes: EventChoice
  readonly contentType: string
  readonly headers: readonly HeaderRow[]
  readonly authentication: 'none' | 'basic' | 'bearer' | 'unknown'
  readonly username: string
  readonly password: Secret
  readonly token: Secret
  readonly signingSecrets: readonly SigningSecretRow[]
  readonly tlsVerification: 'on' | 'off' | 'unknown'
  readonly missingValues: 'empty' | 'omit' | 'unknown'
  readonly timeZone: string
  readonly nextKey: number
}

export type EventChoice = 'call_start' | 'call_end' | 'both' | ''

const nothing: Secret = { kind: 'given', text: '' }
const stored: Secret = { kind: 'stored' }

/** One empty row, so that it is seen where names and values go. */
export const emptyForm: FormState = {
  enabled: true,
  address: '',
  path: '',
  parameters: [{ key: 1, name: '', source: 'parameter', value: '' }],
  method: 'GET',
  eventTypes: 'call_start',
  contentType: 'application/json',
  headers: [],
  authentication: 'none',
  username: '',
  password: nothing,
  token: nothing,
  signingSecrets: [],
  tlsVerification: 'on',
  missingValues: 'empty',
  timeZone: '',
  ...noLimitTexts,
  nextKey: 2,
}

export function formStateOf(form: WebhookForm): FormState {
  let nextKey = 1
  const key = (): number => nextKey++
  const { authentication } = form
  const state: Omit<FormState, 'nextKey'> = {
    enabled: form.enabled,
    address: form.address,
    path: form.path,
    parameters: form.parameters.map(({ name, parameter, literal }): ParameterRow => {
      if (literal !== undefined) return { key: key(), name, source: 'literal', value: literal }
      return { key: key(), name, source: 'parameter', value: parameter ?? '' }
    }),
    method: form.method === 'unknown' ? '' : form.method,
    eventTypes: eventChoiceOf(form.event_types),
    contentType: form.content_type ?? 'application/json',
    headers: (form.headers ?? []).map(({ name }): HeaderRow => ({ key: key(), name, value: stored })),
    authentication: authentication?.type ?? 'none',
    username: authentication?.username ?? '',
    password: authentication?.password === undefined ? nothing : stored,
    token: authentication?.token === undefined ? nothing : stored,
    signingSecrets: (form.signing_secrets ?? []).map((): SigningSecretRow => {
      return { key: key(), kind: 'stored', text: '' }
    }),
    tlsVerification: form.tls_verification ?? 'on',
    missingValues: form.missing_values ?? 'empty',
    timeZone: form.time_zone ?? '',
    ...limitTextsOf(form.limits),
  }
  return { ...state, nextKey }
}

function eventChoiceOf(types: WebhookForm['event_types']): EventChoice {
  const starts = types.includes('call_start')
  const ends = types.includes('call_end')
  if (starts && ends) return 'both'
  return starts ? 'call_start' : ends ? 'call_end' : ''
}

export function eventTypesOf(choice: EventChoice): readonly ('call_start' | 'call_end')[] {
  switch (choice) {
    case '':
      return []
    case 'both':
      return ['call_start', 'call_end']
    case 'call_start':
    case 'call_end':
      return [choice]
  }
}

export function addParameterRow(state: FormState): FormState {
  const row: ParameterRow = { key: state.nextKey, name: '', source: 'parameter', value: '' }
  return { ...state, parameters: [...state.parameters, row], nextKey: state.nextKey + 1 }
}

export function addHeaderRow(state: FormState): FormState {
  const row: HeaderRow = { key: state.nextKey, name: '', value: nothing }
  return { ...state, headers: [...state.headers, row], nextKey: state.nextKey + 1 }
}

export function addSigningSecret(state: FormState, text: string): FormState {
  const row: SigningSecretRow = { key: state.nextKey, kind: 'new', text }
  return { ...state, signingSecrets: [...state.signingSecrets, row], nextKey: state.nextKey + 1 }
}

/** The rows with one of them changed; null takes it out. */
export function withRow<Row extends { readonly key: number }>(
  rows: readonly Row[],
  key: number,
  change: Partial<Row> | null,
): readonly Row[] {
  return rows.flatMap((row) => (row.key === key ? (change === null ? [] : [{ ...row, ...change }]) : [row]))
}
