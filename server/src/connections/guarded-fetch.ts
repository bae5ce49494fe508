/**
 * A `fetch` for addresses that people set. The name is resolved once, judged, and that very address is connected to, so
 * that a name which turns to another address meanwhile (DNS rebinding) gains nothing. Redirects are not followed.
 */
import { lookup } from 'node:dns';
import { Agent, request as http, type IncomingMessage } from 'node:http';
import { request as https, Agent as SecureAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { hostOf, reachable } from './base-url.ts';

/** An address that a setting may not point to. Nothing was sent. */
export class AddressRefused extends Error {
  constructor(host: string, why: string) {
    super(`${host} is not reached: ${why}`);
    this.name = 'AddressRefused';
  }
}

const inPrivate = 'it is inside a private network. Set PURSER_ALLOW_PRIVATE_ADDRESSES=true to allow that.';
const inClear = 'outside this machine only https is used.';
/** A far side that says nothing for so long is gone. */
const silenceMs = 30_000;

interface Allowed {
  allowPrivateAddresses: boolean;
  /** How names are resolved, for tests; absent: as the system does. */
  resolve?: typeof lookup;
}

interface Rules extends Allowed {
  isPlain: boolean;
}

function judge(
  host: string,
  addresses: readonly string[],
  { isPlain, allowPrivateAddresses }: Rules,
): AddressRefused | null {
  const verdict = reachable(addresses, allowPrivateAddresses);
  if (verdict === 'private') return new AddressRefused(host, inPrivate);
  return verdict === 'outside' && isPlain ? new AddressRefused(host, inClear) : null;
}

/** Resolves names as Node does, and refuses those that may not be connected to. Literal addresses are never looked up. */
function judgedLookup(rules: Rules): LookupFunction {
  const resolve = rules.resolve ?? lookup;
  return (name, options, done) => {
    resolve(name, { ...options, all: true }, (error, found) => {
      const why =
        error ??
        judge(
          name,
          found.map(({ address }) => address),
          rules,
        );
      if (why) return done(why, '');
      if (options.all) return done(null, found);
      const [first] = found;
      done(first ? null : new Error(`${name} has no address.`), first?.address ?? '', first?.family ?? 4);
    });
  };
}

/** For clients that make requests by themselves and keep their connections. */
export interface GuardedAgents {
  readonly http: Agent;
  readonly https: SecureAgent;
}

/** The addresses they are given were judged when they were entered: here names are, at every connection. */
export function createGuardedAgents(allowed: Allowed): GuardedAgents {
  return {
    http: new Agent({ keepAlive: true, lookup: judgedLookup({ ...allowed, isPlain: true }) }),
    https: new SecureAgent({ keepAlive: true, lookup: judgedLookup({ ...allowed, isPlain: false }) }),
  };
}

export function createGuardedFetch(allowed: Allowed): typeof fetch {
  return async (input, init) => {
    const asked = new Request(input, init);
    const url = new URL(asked.url);
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new AddressRefused(url.protocol, 'only http and https are spoken.');
    const isPlain = url.protocol === 'http:';
    const rules = { ...allowed, isPlain };
    const host = hostOf(url);
    const refusal = isIP(host) ? judge(host, [host], rules) : null;
    if (refusal) throw refusal;
    const judged = judgedLookup(rules);
    const body = asked.body ? Buffer.from(await asked.arrayBuffer()) : null;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = (isPlain ? http : https)(
        url,
        {
          ...{ method: asked.method, lookup: judged, signal: asked.signal, timeout: silenceMs },
          headers: { ...Object.fromEntries(asked.headers), ...(body && { 'content-length': body.length }) },
        },
        resolve,
      );
      sent.on('timeout', () => sent.destroy(new Error(`${host} said nothing for ${silenceMs / 1000} s.`)));
      sent.on('error', reject);
      sent.end(body ?? undefined);
    });
    return responseOf(answer);
  };
}

function responseOf(answer: IncomingMessage): Response {
  const headers = new Headers();
  for (let at = 0; at + 1 < answer.rawHeaders.length; at += 2)
    headers.append(answer.rawHeaders[at] ?? '', answer.rawHeaders[at + 1] ?? '');
  const status = answer.statusCode ?? 0;
  const isEmpty = [101, 204, 205, 304].includes(status);
  if (isEmpty) answer.resume();
  const body = isEmpty ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
  return new Response(body, { status, statusText: answer.statusMessage ?? '', headers });
}
