// A worker that begins the end of a call before its start: nothing keeps them in order, and starts come late.
import { setTimeout as delay } from 'node:timers/promises'
import { CallOrder } from '../../../src/pipeline/call-order.ts'
import { LiveIsolation } from '../../../src/pipeline/live-isolation.ts'
import { replace } from '../../harness/replaced-method.ts'

const lateByMs = 300

replace(CallOrder, 'untilStartTried', () => null)()
replace(LiveIsolation, 'ask', async (original, asked) => {
  if (asked.urgency === 'start') await delay(lateByMs)
  return original(asked)
})()
