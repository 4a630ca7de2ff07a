// A parking that tells where each delivery came to stand.
import type { RecordPosition } from '../domain/record-position.ts'
import type { Parking } from '../ports.ts'

/** `told`: called for every parked delivery that is acknowledged. */
export function toldParking(parking: Parking, told: (place: RecordPosition) => void): Parking {
  return {
    async park(parked, delayMs, giveUp) {
      const place = await parking.park(parked, delayMs, giveUp)
      told(place)
      return place
    },
    stop: () => parking.stop(),
  }
}
