import type { Sandbox } from '@purser/sandbox';

/** Asks the sandbox in process. Throws what it refuses. */
export async function ask(
  sandbox: Sandbox,
  secret: string,
  method: 'GET' | 'POST',
  path: string,
  form?: Record<string, string>,
): Promise<Answer> {
  const response = await sandbox.fetch(`http://sandbox${path}`, {
    method,
    headers: { authorization: `Bearer ${secret}` },
    ...(form ? { body: new URLSearchParams(form) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

/** What is used of an answer. */
interface Answer {
  readonly id: string;
  readonly data: readonly { readonly id: string; readonly created: number; readonly email?: string }[];
  readonly has_more: boolean;
  readonly next_page?: string | null;
}

const times = 100;

/** Prints the latencies of what people ask of a large account, 100 times each: median and the worst but one. */
export async function questions(sandbox: Sandbox, secret: string): Promise<void> {
  const get = (path: string) => ask(sandbox, secret, 'GET', path);
  const { customer, charge, cursor } = await inTheMiddle(get);
  const email = encodeURIComponent(customer.email ?? '');
  const paths = [
    `/v1/customers/${customer.id}`,
    '/v1/customers?limit=100',
    `/v1/customers?email=${email}`,
    `/v1/charges?customer=${customer.id}`,
    `/v1/payment_intents?customer=${customer.id}`,
    `/v1/charges?limit=100&starting_after=${cursor}`,
    `/v1/charges?limit=100&ending_before=${cursor}`,
    `/v1/charges?created[gte]=${charge.created}&created[lte]=${charge.created + 1}`,
    `/v1/charges?created[lt]=1000000000`,
    `/v1/balance_transactions?source=${charge.id}`,
    `/v1/events?type=customer.created&limit=100`,
    `/v1/customers/search?query=${encodeURIComponent(`email:"${customer.email}"`)}`,
    `/v1/customers/search?query=${encodeURIComponent('name~"customer 77"')}`,
    `/v1/payment_intents/search?query=${encodeURIComponent('metadata["order"]:"77-3"')}`,
    `/v1/charges/search?query=${encodeURIComponent(`customer:"${customer.id}"`)}`,
    `/v1/charges/search?query=${encodeURIComponent('amount>2000 AND currency:"usd"')}`,
    '/v1/balance',
  ];
  console.log('\n| request | p50 ms | p99 ms |\n| --- | --- | --- |');
  for (const path of paths) {
    const tookMs: number[] = [];
    for (let time = 0; time < times; time++) {
      const start = performance.now();
      await get(path);
      tookMs.push(performance.now() - start);
    }
    tookMs.sort((a, b) => a - b);
    const shown = [tookMs[times / 2], tookMs[times - 2]].map((ms) => ms?.toFixed(2));
    console.log(`| ${decodeURIComponent(path)} | ${shown.join(' | ')} |`);
  }
}

/** A customer, one of their charges and a cursor far from both ends. */
async function inTheMiddle(get: (path: string) => Promise<Answer>) {
  let after = '';
  let page = await get('/v1/customers?limit=100');
  // Pages are read as a client reads them, two thousand at most.
  for (let read = 0; read < 2000 && page.has_more && Math.random() < 0.995; read++) {
    after = page.data.at(-1)?.id ?? '';
    page = await get(`/v1/customers?limit=100&starting_after=${after}`);
  }
  const customer = page.data[0];
  const charge = customer && (await get(`/v1/charges?customer=${customer.id}`)).data[0];
  if (!customer || !charge) throw new Error('There is no customer with a charge');
  return { customer, charge, cursor: charge.id };
}
