import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { Problem } from '../problem.ts';

/** Addresses that mean this machine: always allowed, because the embedded sandbox lives there. */
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Addresses inside someone's network (RFC 1918, 4193, 3927, 6598 and the like): never reached by a mere setting. */
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
  ['::', 128],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  inside.addSubnet(net, bits, 'ipv6');
}

/**
 * Decides whether a connection may be pointed at `baseUrl`. Loopback always may; addresses of a private network only
 * with PURSER_ALLOW_PRIVATE_ADDRESSES; everything else must be https.
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
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw refused(`"${baseUrl}" is not an http or https address.`);
  if (url.username || url.password)
    throw refused('An address with a user name or password in it is not taken.');
  if (url.search || url.hash || url.pathname !== '/')
    throw refused('Only scheme, host and port: nothing after them.');
  const addresses = await addressesOf(url.hostname.replace(/^\[|\]$/g, ''));
  if (addresses.every((address) => contains(loopback, address))) return url.origin;
  if (addresses.some((address) => contains(loopback, address) || contains(inside, address))) {
    if (allowPrivateAddresses) return url.origin;
    throw refused(
      `${url.hostname} is inside a private network. Set PURSER_ALLOW_PRIVATE_ADDRESSES=true to allow that.`,
    );
  }
  if (url.protocol !== 'https:')
    throw refused('Outside this machine only https is used, to keep the key secret.');
  return url.origin;
}

async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host)) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw refused(`The host ${host} cannot be found.`, cause);
  }
}

function contains(list: BlockList, address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return list.check(mapped, 'ipv4');
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function refused(message: string, cause?: unknown): Problem {
  return new Problem({
    status: 422,
    code: 'base_url_refused',
    title: 'This address is not used',
    detail: message,
    errors: [{ path: 'baseUrl', message }],
    cause,
  });
}
