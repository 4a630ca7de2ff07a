// Why a delivery is where it is, in English: what happened, and what the client can do about it.
import type { ReasonTexts } from './reason-text.ts'

const nothing = 'There is nothing to do.'
const repeats = 'We repeat it.'

export const reasonTextsEn: ReasonTexts = {
  ok: { what: ({ status }) => `The server answered ${status}.`, todo: '' },
  redirect: {
    what: ({ status, redirect }) =>
      redirect === null
        ? `The server answers ${status}, a redirect.`
        : `The server answers ${status} to ${redirect}.`,
    todo: 'Webhooks do not follow redirects: change the address.',
  },
  refused: {
    what: ({ status }) => `The server answers ${status}: it does not let the request in.`,
    todo: 'Check the webhook’s authentication and headers.',
  },
  not_found: {
    what: ({ status }) => `The server answers ${status}: there is no such page.`,
    todo: 'Check the path.',
  },
  gone: {
    what: ({ status }) => `The server answers ${status}: this address is gone for good.`,
    todo: 'Enter a new address, or delete the webhook.',
  },
  wrong_method: {
    what: ({ status }) => `The server answers ${status}: it does not take this method.`,
    todo: 'Choose the other HTTP method in the webhook.',
  },
  slow_status: {
    what: ({ status }) => `The server answers ${status}: it gave up waiting, or is not ready yet.`,
    todo: `${repeats} If it lasts, see your server’s log.`,
  },
  wrong_type: {
    what: ({ status }) => `The server answers ${status}: it does not take this content type.`,
    todo: 'Choose another content type in the webhook.',
  },
  too_many: {
    what: ({ status }) => `The server answers ${status}: too many requests.`,
    todo: `${repeats} If it lasts, set “Requests per second” in the webhook.`,
  },
  server_fault: {
    what: ({ status }) => `The server answers ${status}: something is wrong on its side.`,
    todo: 'See your server’s log of that time.',
  },
  other_status: {
    what: ({ status }) => `The server answers ${status}; 200 to 299 is needed.`,
    todo: 'See in your server’s log why it did not take the request.',
  },
  dns: {
    what: () => 'The server’s name is not found.',
    todo: 'Check the domain in the address, and its DNS records.',
  },
  connect: {
    what: () => 'No connection to the server.',
    todo: 'Check port and protocol, whether the server runs, and whether its firewall lets us in.',
  },
  tls: {
    what: () => 'No secure connection.',
    todo: 'Check the server’s certificate: its date, its name, and who issued it.',
  },
  reset: {
    what: () => 'The server ended the connection before its answer was complete.',
    todo: 'Check the server and what stands before it: a firewall or a proxy.',
  },
  connect_timeout: {
    what: () => 'The connection to the server was not there in time.',
    todo: 'Check the firewall: it may drop requests silently.',
  },
  total_timeout: {
    what: () => 'The server did not answer in time.',
    todo: 'Answer at once and work afterwards; or set “Wait for an answer” in the webhook.',
  },
  protocol_error: {
    what: () => 'What the server answers is not HTTP.',
    todo: 'Check port and protocol: http or https.',
  },
  response_too_large: {
    what: () => 'The server’s answer is too long.',
    todo: 'Answer briefly: only a status from 200 to 299 is needed.',
  },
  proxy: { what: () => 'A fault on our side: the request did not get out.', todo: `${nothing} ${repeats}` },
  lane_full: {
    what: () => 'The server does not keep up: there are more requests than it takes at once.',
    todo: 'They are sent one after the other. If it lasts, let the server answer sooner.',
  },
  rate_limited: {
    what: () => 'The limit “Requests per second” of the webhook is reached.',
    todo: 'They are sent one after the other. If it lasts, raise the limit.',
  },
  breaker_open: {
    what: () => 'The server failed many times in a row, and is left in peace for a while.',
    todo: 'Earlier attempts say why. Once the server answers, it goes on by itself.',
  },
  retry_after: {
    what: () => 'The server asked us to wait.',
    todo: `${nothing} It goes on when the server asked for it.`,
  },
  horizon_passed: {
    what: () => 'The data became too old before they could be delivered.',
    todo: 'Earlier attempts say why. You can send them again.',
  },
  webhook_deleted: {
    what: () => 'The webhook was deleted.',
    todo: 'If that was meant, nothing is to be done.',
  },
  webhook_disabled: {
    what: () => 'The webhook was disabled.',
    todo: 'If that was meant, nothing is to be done. Otherwise enable it.',
  },
  interrupted: { what: () => 'The attempt was interrupted on our side.', todo: `${nothing} ${repeats}` },
  paused: {
    what: () => 'Our support has paused deliveries here.',
    todo: 'Nothing is lost: it goes on when the pause is over.',
  },
  fanout_limit: {
    what: () => 'Too many webhooks are set up for one call.',
    todo: 'Delete webhooks that you do not need.',
  },
  invalid_config: {
    what: () => 'The webhook’s settings have faults, and it sends nothing.',
    todo: 'Open the webhook, mend what is marked, and save.',
  },
  address_denied: {
    what: () => 'Nothing may be sent to this address.',
    todo: 'Enter an address that can be reached from the internet.',
  },
  url_too_long: {
    what: () => 'The GET request is too long.',
    todo: 'Choose POST, or remove parameters.',
  },
  body_too_large: { what: () => 'The body is too large.', todo: 'Remove parameters.' },
  suspended: {
    what: () => 'Deliveries to this address are suspended.',
    todo: 'Mend the address or the server, then start deliveries again.',
  },
  unknown: { what: () => 'This page does not know the reason.', todo: 'Load the page again.' },
}
