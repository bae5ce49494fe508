import { createHmac } from 'node:crypto';

/**
 * The `Stripe-Signature` header: one `v1` for each secret in force, so that a receiver knows either while one replaces
 * the other. In test mode Stripe adds a `v0` that means nothing, so that receivers learn to pass over other schemes.
 * `timestamp` is seconds since 1970 by the clock on the wall, since receivers compare it with theirs.
 */
export function signatureHeader(
  body: string,
  secrets: readonly string[],
  timestamp: number,
  livemode: boolean,
): string {
  const signed = `${timestamp}.${body}`;
  const parts = [`t=${timestamp}`, ...secrets.map((secret) => `v1=${hmac(signed, secret)}`)];
  if (!livemode) parts.push(`v0=${hmac(signed, 'a scheme that is not to be trusted')}`);
  return parts.join(',');
}

function hmac(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text, 'utf8').digest('hex');
}
