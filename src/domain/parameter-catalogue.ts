// The call parameters that a client may send: the one list from which rendering, validation, the picker and the
// documentation take names, meanings and values.
// Invariant: a parameter that does not exist at the start of a call is null there, whatever the event holds.
import type {
  Parameter,
  ParameterGroup,
  ParameterRow,
  ParameterRows,
  ParameterValue,
} from './parameter-entry.ts'
import { parameterRowsOfAccount } from './parameter-rows-of-account.ts'
import { parameterRowsOfCall } from './parameter-rows-of-call.ts'
import { parameterRowsOfCourse } from './parameter-rows-of-course.ts'
import { parameterRowsOfVisit } from './parameter-rows-of-visit.ts'
import type { CallEventRecord } from './records.ts'

export type { ParameterValue } from './parameter-entry.ts'

const rows = {
  ...parameterRowsOfCall,
  ...parameterRowsOfCourse,
  ...parameterRowsOfVisit,
  ...parameterRowsOfAccount,
} as const satisfies ParameterRows

type Rows = typeof rows

/** Name of a call parameter, as it stands in a webhook's configuration. */
export type ParameterName = Rows[keyof Rows][number]['name']

/** All call parameters, in the order in which they are shown. */
export const parameterCatalogue: readonly Parameter<ParameterName>[] = [
  ...parametersOf('identity', rows.identity),
  ...parametersOf('numbers', rows.numbers),
  ...parametersOf('timing', rows.timing),
  ...parametersOf('course', rows.course),
  ...parametersOf('recording', rows.recording),
  ...parametersOf('visit', rows.visit),
  ...parametersOf('account', rows.account),
  ...parametersOf('labels', rows.labels),
]

// A Map and not an object: a client's name may be `__proto__` or `constructor`.
const parametersByName: ReadonlyMap<string, Parameter<ParameterName>> = new Map(
  parameterCatalogue.map((parameter) => [parameter.name, parameter]),
)

/** The parameter of exactly this name, or undefined; case matters. */
export function findParameter(name: string): Parameter<ParameterName> | undefined {
  return parametersByName.get(name)
}

function parametersOf<Name extends string>(
  group: ParameterGroup,
  described: readonly (ParameterRow & { readonly name: Name })[],
): readonly Parameter<Name>[] {
  return described.map((row) => {
    const read = readerOf(row)
    const value = (event: CallEventRecord): ParameterValue =>
      row.atStart === 'never' && event.event_type === 'call_start' ? null : read(event)
    return { ...row, group, derivedFrom: 'derivedFrom' in row ? row.derivedFrom : [], value }
  })
}

function readerOf(row: ParameterRow): (event: CallEventRecord) => ParameterValue {
  if ('derivedFrom' in row) return row.value
  if (row.value !== undefined) return row.value
  return (event) => {
    const stored = event[row.name]
    return row.type === 'time' && typeof stored === 'number' ? { kind: 'time', ms: stored } : stored
  }
}
