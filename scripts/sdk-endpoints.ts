/**
 * Writes sandbox/src/wire/sdk-endpoints.ts: every endpoint that the installed official SDK calls. Run it after an
 * upgrade of `stripe`; `--check` only says whether the file is what it would write.
 *
 * The SDK itself is asked: each of its methods is called with a stand-in for what sends the request.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Stripe from 'stripe';

const target = join(import.meta.dirname, '../sandbox/src/wire/sdk-endpoints.ts');

/** `POST /v1/customers` → the first method that calls it: `customers.create`. */
type Calls = Map<string, string>;

/** What the SDK's resources inherit; replacing its method here keeps every call from going out. */
function recordInto(calls: Calls, current: () => string): void {
  const prototype: { _makeRequest?: unknown } = Stripe.StripeResource.prototype;
  prototype._makeRequest = (method: string, path: string) => {
    const [address = ''] = decodeURIComponent(path).split('?');
    if (!/^\/v\d\//.test(address) || address.includes('undefined')) return Promise.resolve({});
    const key = `${method} ${address}`;
    if (!calls.has(key)) calls.set(key, current());
    return Promise.resolve({});
  };
}

/** Visits every resource below `owner`, in namespaces and in other resources. */
function* resourcesIn(owner: object, path: string): Generator<{ path: string; resource: object }> {
  for (const [name, value] of Object.entries(owner)) {
    if (typeof value !== 'object' || value === null || name.startsWith('_') || name === 'stripe') continue;
    const here = path === '' ? name : `${path}.${name}`;
    const isResource = value instanceof Stripe.StripeResource;
    if (isResource) yield { path: here, resource: value };
    if (isResource || 'stripe' in value) yield* resourcesIn(value, here);
  }
}

async function callEach(resource: object, path: string, setCurrent: (name: string) => void): Promise<void> {
  const methods: unknown = Object.getPrototypeOf(resource);
  for (const name of Object.getOwnPropertyNames(methods)) {
    const method: unknown = Reflect.get(resource, name);
    if (typeof method !== 'function' || name === 'constructor' || name.startsWith('_')) continue;
    setCurrent(`${path}.${name}`);
    // With ids, and without for the few methods that then mean something else (`accounts.retrieve`).
    for (const ids of [[':id', ':id', ':id'], []]) {
      try {
        await method.apply(resource, ids);
      } catch {
        // A method that refuses its arguments calls nothing with them.
      }
    }
  }
}

async function endpointsOfSdk(): Promise<Calls> {
  const calls: Calls = new Map();
  let current = '';
  recordInto(calls, () => current);
  for (const { path, resource } of resourcesIn(new Stripe('sk_test_nobody'), ''))
    await callEach(resource, path, (name) => {
      current = name;
    });
  return calls;
}

/** Addresses in order, and for each the reading methods first. */
function inOrder(one: string, other: string): number {
  const [method = '', path = ''] = one.split(' ');
  const [otherMethod = '', otherPath = ''] = other.split(' ');
  return path < otherPath ? -1 : path > otherPath ? 1 : method < otherMethod ? -1 : 1;
}

/** As the formatter would have it: what does not fit in a line goes on the next. */
function row(endpoint: string, method: string): string {
  const line = `  '${endpoint}': '${method}',`;
  return line.length <= 110 ? line : `  '${endpoint}':\n    '${method}',`;
}

function moduleText(calls: Calls): string {
  const rows = [...calls.keys()].sort(inOrder).map((endpoint) => row(endpoint, calls.get(endpoint) ?? ''));
  return `/**
 * Every endpoint that the official SDK (stripe ${Stripe.PACKAGE_VERSION}, API ${Stripe.API_VERSION}) calls, with the SDK's method for it.
 * Written by scripts/sdk-endpoints.ts.
 */
export const sdkEndpoints = {
${rows.join('\n')}
} as const;
`;
}

const text = moduleText(await endpointsOfSdk());
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  console.error(
    'sandbox/src/wire/sdk-endpoints.ts is not that of the installed SDK: run scripts/sdk-endpoints.ts',
  );
  process.exitCode = 1;
}
