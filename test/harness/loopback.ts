// Where every receiver of a test is: what a worker has to be allowed, because it is not public.
export const loopback: readonly string[] = ['127.0.0.0/8', '::1']
