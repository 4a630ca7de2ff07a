// What keeps us from a broker, in words, with the settings to look at. The client and TLS name the fault in their
// own terms, and a broker that expects TLS or a login says nothing at all: it closes the connection.

interface Fault {
  /** Of the client, of Node.js or of OpenSSL. */
  readonly text: RegExp
  readonly means: string
}

/** The first that fits is told. */
const faults: readonly Fault[] = [
  {
    text: /SASL .*(authentication failed|mechanism|state)/i,
    means:
      'the login is refused; see kafka.sasl.username, kafka.sasl.password and kafka.sasl.mechanism (KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD, KAFKA_SASL_MECHANISM)',
  },
  {
    text: /ssl\/tls alert|SSL alert number/i,
    means:
      'the broker refuses this worker’s certificate, or its absence; see kafka.ssl.certFile and kafka.ssl.keyFile (KAFKA_SSL_CERT_FILE, KAFKA_SSL_KEY_FILE)',
  },
  {
    text: /before secure TLS connection|wrong version number|packet length too long/i,
    means:
      'the broker speaks no TLS on this port; see kafka.brokers and kafka.ssl.enabled (KAFKA_BROKERS, KAFKA_SSL_ENABLED)',
  },
  {
    text: /certificate|altnames/i,
    means:
      'the broker’s certificate is not to be trusted; see kafka.ssl.caFile and kafka.brokers (KAFKA_SSL_CA_FILE, KAFKA_BROKERS)',
  },
  {
    text: /closed connection|ECONNRESET|socket hang up/i,
    means:
      'the broker ends the connection without a word, often because it expects TLS or a login; see kafka.ssl.enabled and kafka.sasl.mechanism (KAFKA_SSL_ENABLED, KAFKA_SASL_MECHANISM)',
  },
]

/** What an error's text means and what to look at; null where it is none of a connection's faults. */
export function kafkaFault(text: string): string | null {
  return faults.find((fault) => fault.text.test(text))?.means ?? null
}
