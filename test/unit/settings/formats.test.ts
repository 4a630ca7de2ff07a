import { describe, expect, it } from '@jest/globals'
import * as is from '../../../src/settings/formats.ts'
import { nearestName } from '../../../src/domain/nearest-name.ts'
import { environmentNameOf } from '../../../src/settings/setting.ts'

describe('formats', () => {
  it.each([
    ['a number in range', is.wholeNumber(1, 9), '9', 9],
    ['a number with blanks', is.wholeNumber(1, 9), ' 3 ', 3],
    ['a number out of range', is.wholeNumber(1, 9), 10, undefined],
    ['a fraction', is.wholeNumber(1, 9), 1.5, undefined],
    ['digits with a tail', is.wholeNumber(1, 9), '3s', undefined],
    ['another notation', is.wholeNumber(1, 9_000), '1e3', undefined],
    ['true', is.flag, 'true', true],
    ['yes', is.flag, 'yes', undefined],
    ['1', is.flag, 1, undefined],
    ['text with a line break', is.text, 'a\nb', undefined],
    ['blank text where some is needed', is.filledText, '  ', undefined],
    ['a header’s value', is.headerValue, 'worker/1 (+https://a.example)', 'worker/1 (+https://a.example)'],
    ['a header’s value beyond ASCII', is.headerValue, 'вебхуки/1', undefined],
    ['a header’s value with a blank at its end', is.headerValue, 'worker/1 ', undefined],
    ['a word of the list', is.oneOf('a', 'b'), 'b', 'b'],
    ['a word in capitals', is.oneOf('a', 'b'), 'B', undefined],
    ['a topic', is.topicName, 'call-events.v2_x', 'call-events.v2_x'],
    ['a topic with a slash', is.topicName, 'a/b', undefined],
    ['a topic of dots', is.topicName, '..', undefined],
    ['a topic of 250 characters', is.topicName, 'a'.repeat(250), undefined],
    [
      'a URL, without its last slash',
      is.webAddress,
      'https://r.example.com/api/',
      'https://r.example.com/api',
    ],
    ['a URL with a password', is.webAddress, 'https://u:p@r.example.com', undefined],
    ['a URL of another kind', is.webAddress, 'ftp://r.example.com', undefined],
    ['a broker without a port', is.brokerList, ['kafka'], undefined],
    ['a broker with port 0', is.brokerList, 'kafka:0', undefined],
    ['no broker at all', is.brokerList, [], undefined],
    ['no status at all', is.statusList, [], []],
    ['a status of success', is.statusList, '200', undefined],
    ['a class of statuses', is.statusList, '4xx', ['4xx']],
    ['ports', is.portList, '25, 6667,', [25, 6667]],
    ['ports in a file', is.portList, [25, '6667'], [25, 6667]],
    ['no port, in a file', is.portList, [], []],
    ['no port, in a variable', is.portList, 'none', []],
    ['port 0', is.portList, '0', undefined],
    ['a range of ports', is.portList, '1-1023', undefined],
    [
      'name servers',
      is.nameServerList,
      '10.0.0.2, 10.0.0.3:5353,fd00::2, [fd00::2]:53',
      ['10.0.0.2', '10.0.0.3:5353', 'fd00::2', '[fd00::2]:53'],
    ],
    ['name servers in a file', is.nameServerList, ['10.0.0.2'], ['10.0.0.2']],
    ['no name server', is.nameServerList, [], []],
    ['a name server by name', is.nameServerList, 'dns.example.com', undefined],
    ['a name server with port 0', is.nameServerList, '10.0.0.2:0', undefined],
    ['a name server with a port too high', is.nameServerList, '[fd00::2]:65536', undefined],
    ['a name server with half an address', is.nameServerList, '10.0.0:53', undefined],
    ['a name server with IPv4 in brackets', is.nameServerList, '[10.0.0.2]:53', undefined],
    ['a name server in brackets without a port', is.nameServerList, '[fd00::2]', undefined],
    ['a name server in a zone', is.nameServerList, 'fe80::1%eth0', undefined],
    ['a name server in a zone, with a port', is.nameServerList, '[fe80::1%eth0]:53', undefined],
    ['waits', is.delayList, '500ms, 5s,2m,8h', ['500ms', '5s', '2m', '8h']],
    ['waits in a file', is.delayList, ['5s', '24h'], ['5s', '24h']],
    ['no wait at all', is.delayList, [], undefined],
    ['no wait at all, as text', is.delayList, 'none', undefined],
    ['a wait of no time', is.delayList, '0s,5s', undefined],
    ['a wait of more than a day', is.delayList, '25h', undefined],
    ['waits that fall', is.delayList, '30s,5s', undefined],
    ['waits that stay', is.delayList, '5s,5s', undefined],
    ['waits that rise as text but fall as time', is.delayList, '5m,9s', undefined],
    ['waits that rise as time but fall as text', is.delayList, '9s,5m', ['9s', '5m']],
    ['a wait that is not as it is written', is.delayList, '60s', undefined],
    ['a wait that is a number', is.delayList, [5_000], undefined],
    ['a wait that no topic can be named by', is.delayList, '5s/x', undefined],
    ['waits, or none', is.delayListOrNone, '4s,20s', ['4s', '20s']],
    ['no waits, in a variable', is.delayListOrNone, 'none', []],
    ['no waits, in a file', is.delayListOrNone, [], []],
    ['nothing where waits may be none', is.delayListOrNone, '', undefined],
    ['waits and none', is.delayListOrNone, '4s,none', undefined],
    ['a time without a zone', is.startingPoint, '2026-03-14T12:15:02', undefined],
    ['a day that is none', is.startingPoint, '2026-13-14T12:15:02Z', undefined],
    ['a beginning', is.startingPoint, 'earliest', 'earliest'],
  ])('%s', (_, format, raw, value) => {
    expect(format.read(raw)).toEqual(value)
  })
})

describe('names', () => {
  it.each([
    ['kafka.clientId', 'KAFKA_CLIENT_ID'],
    ['kafka.ssl.caFile', 'KAFKA_SSL_CA_FILE'],
    ['topics.deadLetters.maxMessageBytes', 'TOPICS_DEAD_LETTERS_MAX_MESSAGE_BYTES'],
  ])('%s is %s in the environment', (name, environmentName) => {
    expect(environmentNameOf(name)).toBe(environmentName)
  })

  it('finds the name that was meant, and none where nothing is near', () => {
    expect(nearestName('KAFKA.clientID', ['kafka.brokers', 'kafka.clientId'])).toBe('kafka.clientId')
    expect(nearestName('zzz', ['kafka.brokers', 'kafka.clientId'])).toBeNull()
  })
})
