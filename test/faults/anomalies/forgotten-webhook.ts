// The webhook of the base load whose deliveries a worker that loses forgets: one of a call in forty or so.
export const forgottenWebhook = 'account-one-3-0'
