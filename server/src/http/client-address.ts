import { BlockList, isIP } from 'node:net';
import type { ApiContext } from './route.ts';

/** Whether an address belongs to a proxy of ours. */
export type IsTrusted = (address: string) => boolean;

/** From the addresses and networks of the settings: `10.0.0.0/8`, `::1`. They were checked when the settings were read. */
export function trustedProxies(list: readonly string[]): IsTrusted {
  const known = new BlockList();
  for (const each of list) {
    const [net = '', bits] = each.split('/');
    const family = isIP(net) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) known.addAddress(net, family);
    else known.addSubnet(net, Number(bits), family);
  }
  return (address) => known.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const plain = (address: string): string => mapped.exec(address)?.[1] ?? address;

/**
 * Who sent a request: the other end of the connection, or, where that is a trusted proxy, the nearest address in
 * X-Forwarded-For that is none. What stands before it was written by the client and is believed by nobody.
 */
export function addressIn(
  peer: string | undefined,
  forwarded: string | undefined,
  isTrusted: IsTrusted,
): string {
  const nearest = plain(peer ?? '');
  if (!isIP(nearest) || !isTrusted(nearest)) return nearest || 'unknown';
  const hops = (forwarded ?? '').split(',').map((hop) => plain(hop.trim()));
  for (const hop of hops.reverse()) {
    if (!isIP(hop)) return nearest;
    if (!isTrusted(hop)) return hop;
  }
  return nearest;
}

/** What Node's server hands to Hono; absent where a request is made in process. */
interface Incoming {
  incoming?: { socket?: { remoteAddress?: string } };
}

export function clientAddress(context: ApiContext, isTrusted: IsTrusted): string {
  const peer = (context.env as Incoming | undefined)?.incoming?.socket?.remoteAddress;
  return addressIn(peer, context.req.header('x-forwarded-for'), isTrusted);
}
