import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { day } from '../clock.ts';
import { createSandbox } from '../index.ts';
import type { ApprovalRequest } from './request.ts';

const told: { type: string; related_object: { id: string } }[] = [];
const clock = { at: Date.now(), now: () => clock.at };
const sandbox = createSandbox({
  clock,
  async receiveWebhook(request) {
    told.push((await request.json()) as (typeof told)[number]);
    return new Response();
  },
});
afterAll(() => sandbox.close());

/** An account with a paid charge of $50, and what a dashboard would do on it. */
async function world(key: string) {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(key, { httpClient, maxNetworkRetries: 0 });
  async function control<T = ApprovalRequest>(method: string, path: string, body: object = {}): Promise<T> {
    const response = await sandbox.fetch(`http://sandbox/_sandbox/${path}`, {
      method,
      headers: { authorization: `Bearer ${key}` },
      ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
    });
    return (await response.json()) as T;
  }
  const api = async (method: string, path: string, body?: Record<string, unknown>) =>
    (await stripe.rawRequest(
      method,
      `/v2/core/approval_requests${path}`,
      body,
    )) as unknown as ApprovalRequest;
  const intent = await stripe.paymentIntents.create({
    amount: 5000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  });
  const refund = (params: Partial<Stripe.RefundCreateParams> = {}, options: Stripe.RequestOptions = {}) =>
    stripe.refunds.create({ payment_intent: intent.id, ...params }, options);
  return { stripe, control, api, refund };
}

async function refusalOf(request: Promise<unknown>) {
  const error = await request.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof Stripe.errors.StripeError)) throw new Error('It was not refused.');
  const raw = error.raw as { approval_request?: { id: string; dashboard_url: string; status: string } };
  return { error, waiting: raw.approval_request };
}

const types = (id: string) =>
  told.filter((event) => event.related_object.id === id).map(({ type }) => type.split('.').at(-1));

test('what a rule holds is done by Stripe itself once somebody else approved it', async () => {
  const { stripe, control, api, refund } = await world('sk_test_approve');
  await stripe.v2.core.eventDestinations.create({
    name: 'Approvals',
    type: 'webhook_endpoint',
    event_payload: 'thin',
    enabled_events: ['*'],
    webhook_endpoint: { url: 'https://approvals.example/' },
  });
  await control('POST', 'approval_rules', { action: 'refund.create', name: 'Refunds' });
  const { error, waiting } = await refusalOf(refund({ amount: 1200 }, { idempotencyKey: 'refund-1' }));
  expect(error).toMatchObject({
    statusCode: 402,
    code: 'approval_required',
    rawType: 'invalid_request_error',
    message: expect.stringContaining(waiting?.dashboard_url ?? 'nowhere'),
  });
  expect(waiting).toMatchObject({
    id: expect.stringMatching(/^apreq_/),
    action: 'refund.create',
    status: 'requires_review',
  });
  const id = waiting?.id ?? '';
  expect((await stripe.refunds.list()).data).toEqual([]);
  // Asked again with the same key it is the same request, not a second one.
  const again = await refusalOf(refund({ amount: 1200 }, { idempotencyKey: 'refund-1' }));
  expect(again.waiting?.id).toBe(id);

  const reason = 'The customer was charged twice.';
  expect(await api('POST', `/${id}`, { reason })).toMatchObject({ reason, status: 'requires_review' });
  const done = await control('POST', `approval_requests/${id}/review`, {
    result: 'approved',
    reason: 'Seen it',
    reviewer: 'cfo@northwind.example',
  });
  const [made] = (await stripe.refunds.list()).data;
  expect(made).toMatchObject({ amount: 1200, status: 'succeeded' });
  expect(done).toMatchObject({
    id,
    object: 'v2.core.approval_request',
    status: 'succeeded',
    status_details: { succeeded: { result: { id: made?.id, object: 'refund' } } },
    review: { result: 'approved', reviewed_by: { user: { email: 'cfo@northwind.example' } } },
    requested_by: { type: 'api_key', api_key: { name: 'Secret key' } },
    rule: { name: 'Refunds' },
    status_transitions: { approved_at: expect.any(String), succeeded_at: expect.any(String) },
  });
  expect(await api('GET', `/${id}`)).toMatchObject({ status: 'succeeded' });
  await sandbox.delivered();
  expect(types(id)).toEqual(expect.arrayContaining(['created', 'approved', 'succeeded']));
  const twice = await control<{ error: { message: string } }>('POST', `approval_requests/${id}/review`, {
    result: 'approved',
  });
  expect(twice.error.message).toMatch(/does not wait for a review/);
  expect((await stripe.refunds.list()).data).toHaveLength(1);
});

test('what is rejected or canceled is not done', async () => {
  const { stripe, control, api, refund } = await world('sk_test_reject');
  await control('POST', 'approval_rules', { action: 'refund.create' });
  const first = (await refusalOf(refund())).waiting?.id ?? '';
  expect(await control('POST', `approval_requests/${first}/review`, { result: 'rejected' })).toMatchObject({
    status: 'rejected',
    status_transitions: { approved_at: null, rejected_at: expect.any(String) },
  });
  const second = (await refusalOf(refund())).waiting?.id ?? '';
  expect(await api('POST', `/${second}/cancel`)).toMatchObject({ status: 'canceled' });
  await expect(api('POST', `/${second}/cancel`)).rejects.toBeInstanceOf(Stripe.errors.AlreadyCanceledError);
  await expect(api('POST', `/${first}/cancel`)).rejects.toBeInstanceOf(Stripe.errors.NotCancelableError);
  await expect(api('POST', `/${first}`, { reason: 'late' })).rejects.toThrow(/can no longer be changed/);
  expect((await stripe.refunds.list()).data).toEqual([]);
  const listed = (await api('GET', '?status=canceled')) as unknown as Stripe.V2List<ApprovalRequest>;
  expect(listed.data.map(({ id }) => id)).toEqual([second]);
  await expect(api('GET', '/apreq_none')).rejects.toMatchObject({ statusCode: 404, code: 'not_found' });
});

test('what nobody reviews expires after two weeks', async () => {
  const { control, api, refund } = await world('sk_test_expire');
  await control('POST', 'approval_rules', { action: 'refund.create' });
  const id = (await refusalOf(refund())).waiting?.id ?? '';
  clock.at += 14 * day * 1000 + 1000;
  expect(await api('GET', `/${id}`)).toMatchObject({ status: 'expired' });
});

test('what is refused when it is done at last has failed, with the reason, and nothing is left of it', async () => {
  const { stripe, control, refund } = await world('sk_test_fail');
  await control('POST', 'approval_rules', { action: 'refund.create' });
  const id = (await refusalOf(refund({ amount: 9000 }))).waiting?.id ?? '';
  expect(await control('POST', `approval_requests/${id}/review`, { result: 'approved' })).toMatchObject({
    status: 'failed',
    status_details: { failed: { error_type: 'invalid_request_error' } },
    status_transitions: { approved_at: expect.any(String), failed_at: expect.any(String) },
  });
  expect((await stripe.refunds.list()).data).toEqual([]);
});

test('a rule may be about large amounts, about restricted keys, or block outright; without one all goes on', async () => {
  const { stripe, control, refund } = await world('sk_test_rules');
  await control('POST', 'approval_rules', { action: 'refund.create', amount_gt: 1000 });
  expect(await refund({ amount: 1000 })).toMatchObject({ amount: 1000 });
  expect((await refusalOf(refund({ amount: 1001 }))).error.code).toBe('approval_required');
  expect((await refusalOf(refund())).error.code).toBe('approval_required');

  await control('POST', 'approval_rules', { action: 'refund.create', keys: 'restricted', control: 'block' });
  expect(await refund({ amount: 10 })).toMatchObject({ amount: 10 });
  const { secret } = await control<{ secret: string }>('POST', 'restricted_keys', {
    permissions: { charges: 'write', payment_intents: 'read' },
  });
  const agent = new Stripe(secret, { httpClient: Stripe.createFetchHttpClient(sandbox.fetch) });
  const [charge] = (await stripe.charges.list()).data;
  const { error, waiting } = await refusalOf(agent.refunds.create({ charge: charge?.id ?? '', amount: 10 }));
  expect(error).toMatchObject({ statusCode: 403, code: 'action_blocked' });
  expect(waiting).toBeUndefined();

  await control('DELETE', 'approval_rules/refund.create');
  expect(await agent.refunds.create({ charge: charge?.id ?? '', amount: 10 })).toMatchObject({ amount: 10 });
});

test('a request that is wrong is refused before anyone is asked to approve it', async () => {
  const { control, refund, stripe } = await world('sk_test_wrong');
  await control('POST', 'approval_rules', { action: 'refund.create' });
  await expect(refund({ colour: 'red' } as Partial<Stripe.RefundCreateParams>)).rejects.toThrow(/colour/);
  expect((await control<{ data: unknown[] }>('GET', 'approval_rules')).data).toHaveLength(1);
  const waiting = await stripe.rawRequest('GET', '/v2/core/approval_requests');
  expect(waiting).toMatchObject({ data: [] });
});
