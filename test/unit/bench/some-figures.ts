// Figures of a run that never was.
import type { Figures, ScenarioFigures } from '../../bench/figures.ts'
import { alone } from '../../bench/spread.ts'

export function scenarioFigures(scenario: string, fields: Partial<ScenarioFigures> = {}): ScenarioFigures {
  return {
    scenario,
    concurrency: 64,
    workers: 1,
    deliveries: 60_000,
    pairs: 5,
    rateOfBare: alone(0.8),
    cpuOfBare: alone(1.4),
    rateOfReference: null,
    cpuOfReference: null,
    perSecond: alone(20_000),
    barePerSecond: alone(25_000),
    cpuPer100k: alone(5),
    bareCpuPer100k: alone(3.5),
    receiverCpuPercent: alone(30),
    rssMb: alone(300),
    sockets: alone(64),
    eventBytes: alone(600),
    outcomeBytes: alone(300),
    ...fields,
  }
}

export const someFigures: Figures = {
  speed: {
    node: '24.0.0',
    cores: 2,
    scenarios: [scenarioFigures('plain'), scenarioFigures('signed', { cpuPer100k: alone(7) })],
    delay: {
      perSecond: 4_000,
      deliveries: 120_000,
      p50Ms: 5,
      p99Ms: 70,
      sinceGivenP50Ms: 7,
      sinceGivenP99Ms: 80,
    },
    memory: {
      early: 100_000,
      late: 1_000_000,
      earlyHeapMb: 50,
      lateHeapMb: 54,
      earlyRssMb: 200,
      lateRssMb: 300,
      earlyCollectedRssMb: 150,
      lateCollectedRssMb: 155,
    },
  },
  table: {
    node: '24.0.0',
    cores: 2,
    webhooks: 1_001_000,
    pairs: 5,
    deliveries: 60_000,
    webhookBytes: 300,
    readyAfterS: alone(12),
    rssMbWhenReady: alone(700),
    fewWebhooks: 1_000,
    readyAfterSWithFew: alone(2),
    rssMbWithFew: alone(200),
    rateOfFew: alone(0.9),
    perSecond: alone(18_000),
    lookupReadyUs: 1,
    lookupUnreadyUs: 12,
    changeUsedP50Ms: 4,
    changeUsedP99Ms: 30,
  },
}
