// A worker that commits what it has taken instead of what it has finished.
import { OffsetTracker } from '../../../src/progress/offset-tracker.ts'
import { replace } from '../../harness/replaced-method.ts'

replace(OffsetTracker, 'committable', function (original) {
  return original() === null ? null : this.unfinished().end
})()
