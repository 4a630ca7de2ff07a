// What the parts of the form share: its state, and what is to be said beside which field.
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { FieldId } from './fault-placement.ts'
import type { FormState } from './form-state.ts'
import { emptyForm } from './form-state.ts'

export interface FormControl {
  readonly state: FormState
  change(change: Partial<FormState> | ((state: FormState) => FormState)): void
  /** In the page's language; empty while nobody has left the field. */
  faultsOf(field: FieldId): readonly string[]
  warningsOf(field: FieldId): readonly string[]
  /** Somebody left the field: from now on it says what is wrong. */
  touch(field: FieldId): void
}

const FormContext = createContext<FormControl>({
  state: emptyForm,
  change: () => undefined,
  faultsOf: () => [],
  warningsOf: () => [],
  touch: () => undefined,
})

export const FormProvider = FormContext.Provider

export function useForm(): FormControl {
  return useContext(FormContext)
}
