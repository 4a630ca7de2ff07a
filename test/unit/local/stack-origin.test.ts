import { describe, expect, it } from '@jest/globals'
import { chooseOrigin } from '../../../src/local/stack-origin.ts'
import type { OriginQuestion } from '../../../src/local/stack-origin.ts'
import { readJavaVersion } from '../../../src/local/stack-tools.ts'
import type { StackTools } from '../../../src/local/stack-tools.ts'

const java17 = { major: 17, version: 'openjdk version "17.0.15"' }

function machine(has: { compose?: boolean; javaMajor?: number }): StackTools & { asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    composeAnswers() {
      asked.push('compose')
      return Promise.resolve(has.compose ?? false)
    },
    java() {
      asked.push('java')
      return Promise.resolve(has.javaMajor === undefined ? undefined : { ...java17, major: has.javaMajor })
    },
    mavenAnswers() {
      asked.push('maven')
      return Promise.resolve(true)
    },
  }
}

const registryUrl = 'http://registry:8081'

describe('the choice of where the stack comes from', () => {
  it('takes given addresses before all else and asks the machine nothing', async () => {
    const tools = machine({ compose: true, javaMajor: 17 })
    const choice = await chooseOrigin({ brokers: ['a:9092', 'b:9092'], registryUrl }, tools)
    expect(choice).toEqual({ kind: 'given', brokers: ['a:9092', 'b:9092'], registryUrl })
    expect(tools.asked).toEqual([])
  })

  it.each<[string, { compose?: boolean; javaMajor?: number }, OriginQuestion, string]>([
    ['Docker before Java', { compose: true, javaMajor: 17 }, {}, 'compose'],
    ['Java where no engine answers', { javaMajor: 17 }, {}, 'java'],
    ['Java where it was asked for', { compose: true, javaMajor: 21 }, { origin: 'java' }, 'java'],
    ['Docker where it was asked for', { compose: true, javaMajor: 21 }, { origin: 'compose' }, 'compose'],
    ['Java where the data is to be kept', { compose: true, javaMajor: 17 }, { dataDir: 'data' }, 'java'],
  ])('chooses %s', async (_title, has, question, kind) => {
    expect((await chooseOrigin(question, machine(has))).kind).toBe(kind)
  })

  it.each<[string, { compose?: boolean; javaMajor?: number }, OriginQuestion, string, RegExp]>([
    ['brokers without a registry', {}, { brokers: ['a:9092'] }, 'addresses_incomplete', /registryUrl/],
    ['a registry without brokers', {}, { registryUrl }, 'addresses_incomplete', /brokers/],
    ['a machine with nothing', {}, {}, 'nothing_to_run_on', /Docker engine.*or Java 17.*Maven/],
    ['a Java that is too old', { javaMajor: 11 }, {}, 'nothing_to_run_on', /Java found here is 11.*Java 17/],
    [
      'no engine where Docker was asked for',
      { javaMajor: 17 },
      { origin: 'compose' },
      'nothing_to_run_on',
      /Docker/,
    ],
    ['no Java where it was asked for', { compose: true }, { origin: 'java' }, 'nothing_to_run_on', /Java 17/],
    ['kept data with Docker alone', { compose: true }, { dataDir: 'data' }, 'option_unsupported', /dataDir/],
  ])('refuses %s and says what to do', async (_title, has, question, code, says) => {
    const choice = await chooseOrigin(question, machine(has))
    expect(choice).toMatchObject({ kind: 'refused', code, reason: expect.stringMatching(says) })
  })
})

describe('the version of Java', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', 17],
    ['openjdk version "21" 2023-09-19', 21],
    ['java version "1.8.0_402"', 8],
  ])('is read from %j', (text, major) => {
    expect(readJavaVersion(text)).toEqual({ major, version: text })
  })

  it('is unknown where the text holds none', () => {
    expect(readJavaVersion('Unable to locate a Java Runtime.')).toBeUndefined()
  })
})
