// The dead-letter topic, with acknowledgements that a test may hold back.
import type { DeadLetter, DeadLetterSink } from '../../src/ports.ts'
import { HeldWrites } from './held-writes.ts'

export class FakeDeadLetterSink extends HeldWrites<DeadLetter> implements DeadLetterSink {}
