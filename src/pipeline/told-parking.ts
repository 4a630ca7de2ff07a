// A parking that tells where each delivery came to stand.
import type { RecordPosition } from '../domain/record-position.ts'
import type { Parking } from '../ports.ts'

/** `told`: called for every parked delivery that is acknowledged. */
export function toldParking(parking: Parking, told: (place: RecordPosition) => void): Parking {
  return {
    async park(parked, delayMs) {
      const place = await parking.park(parked, delayMs)
      told(place)
      return place
    },
    stop: () => parking.stop(),
  }
}
