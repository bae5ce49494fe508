import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { Problem } from '../problem.ts';

/** Addresses that mean this machine: always allowed, because the embedded sandbox lives there. */
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Addresses inside someone's network (RFC 1918, 4193, 3927, 6598 and the like), and those that stand for others and could
 * lead there (6to4, Teredo, NAT64, IPv4-compatible): never reached by a mere setting.
 */
const inside = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  inside.addSubnet(net, bits, 'ipv4');
}
for (const [net, bits] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  inside.addSubnet(net, bits, 'ipv6');
}

/**
 * Decides whether a connection may be pointed at `baseUrl`: see `allowedUrl`.
 * @returns the origin, or null for the far side's own address.
 * @throws Problem 422 that says what is wrong with it.
 */
export async function allowedBaseUrl(
  baseUrl: string | null,
  type: { name: string; acceptsBaseUrl: boolean },
  allowPrivateAddresses: boolean,
): Promise<string | null> {
  if (baseUrl === null || baseUrl === '') return null;
  if (!type.acceptsBaseUrl) throw refused(`${type.name} takes no address of its own.`);
  const url = await allowedUrl(baseUrl, allowPrivateAddresses);
  if (url.search || url.hash || url.pathname !== '/')
    throw refused('Only scheme, host and port: nothing after them.');
  return url.origin;
}

/**
 * Where a setting may point. Loopback always may; addresses of a private network only with
 * PURSER_ALLOW_PRIVATE_ADDRESSES; everything else must be https.
 * @throws Problem 422 that says what is wrong with it.
 */
export async function allowedUrl(
  text: string,
  allowPrivateAddresses: boolean,
  path = 'baseUrl',
): Promise<URL> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol))
    throw refused(`"${text}" is not an http or https address.`, path);
  if (url.username || url.password)
    throw refused('An address with a user name or password in it is not taken.', path);
  const addresses = await addressesOf(hostOf(url), path);
  const verdict = reachable(addresses, allowPrivateAddresses);
  if (verdict === 'private')
    throw refused(
      `${url.hostname} is inside a private network. Set PURSER_ALLOW_PRIVATE_ADDRESSES=true to allow that.`,
      path,
    );
  if (verdict === 'outside' && url.protocol !== 'https:')
    throw refused('Outside this machine only https is used, to keep what is sent secret.', path);
  return url;
}

/** `[::1]` without its brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

/** What a name that resolves to these addresses means. `private`: not to be reached. */
export function reachable(
  addresses: readonly string[],
  allowPrivateAddresses: boolean,
): 'loopback' | 'inside' | 'outside' | 'private' {
  if (addresses.every((address) => contains(loopback, address))) return 'loopback';
  if (!addresses.some((address) => contains(loopback, address) || contains(inside, address)))
    return 'outside';
  return allowPrivateAddresses ? 'inside' : 'private';
}

async function addressesOf(host: string, path: string): Promise<string[]> {
  if (isIP(host)) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw refused(`The host ${host} cannot be found.`, path, cause);
  }
}

function contains(list: BlockList, address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return list.check(mapped, 'ipv4');
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function refused(message: string, path = 'baseUrl', cause?: unknown): Problem {
  return new Problem({
    status: 422,
    code: 'base_url_refused',
    title: 'This address is not used',
    detail: message,
    errors: [{ path, message }],
    cause,
  });
}
