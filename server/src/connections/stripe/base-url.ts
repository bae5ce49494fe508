import { ConnectionProblem } from '../connection.ts';

/** Where Stripe itself answers. */
const defaultBaseUrl = 'https://api.stripe.com';

/** A base URL in the parts the SDK takes. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly protocol: 'http' | 'https';
}

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

function refuse(message: string): never {
  throw new ConnectionProblem(
    'base_url_invalid',
    message,
    `Leave the address empty for Stripe itself, or give one such as http://127.0.0.1:12111.`,
  );
}

/**
 * Reads a connection's address; null is Stripe's own. Only scheme, host and port are taken: the SDK sends `/v1/…`
 * itself. A live key is never sent unencrypted to another machine.
 * @throws ConnectionProblem `base_url_invalid`
 */
export function parseBaseUrl(baseUrl: string | null, mode: 'test' | 'live' = 'test'): Endpoint {
  const text = baseUrl?.trim() || defaultBaseUrl;
  if (!URL.canParse(text)) refuse(`"${text}" is not an address.`);
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    refuse('The address must begin with https:// or http://.');
  if (url.username || url.password) refuse('The address must not hold a user name or password.');
  if (url.search || url.hash || !['', '/', '/v1', '/v1/'].includes(url.pathname)) {
    refuse('The address must be a scheme, a host and a port, with no path behind it.');
  }
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  if (protocol === 'http' && mode === 'live' && !loopbackHosts.has(url.hostname)) {
    refuse('A live key is not sent over plain http to another machine.');
  }
  return { host: url.hostname, port: Number(url.port) || (protocol === 'https' ? 443 : 80), protocol };
}
