import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createVisitor } from '../hosted-pages/visitor.ts';
import { createSandbox } from '../index.ts';

const clock = { at: Date.UTC(2026, 0, 5), now: () => clock.at };
const sandbox = createSandbox({ clock });
afterAll(() => sandbox.close());
const { open, send } = createVisitor(sandbox);

let accounts = 0;
function world() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_identity${accounts++}`, { httpClient, maxNetworkRetries: 0 });
  const sessions = stripe.identity.verificationSessions;
  const happened = async () => (await stripe.events.list()).data.map(({ type }) => type.split('.').at(-1));
  return { stripe, sessions, happened };
}

/** The checks take a second. */
const later = () => {
  clock.at += 1000;
};

describe('a session', () => {
  test('waits for somebody, at an address that opens once', async () => {
    const { sessions, happened } = world();
    const made = await sessions.create({
      type: 'document',
      options: { document: { require_matching_selfie: true } },
      return_url: 'https://shop.example/back',
      metadata: { user: '7' },
      client_reference_id: 'u7',
    });
    expect(made).toMatchObject({ status: 'requires_input', last_error: null, metadata: { user: '7' } });
    expect(made.client_secret).toMatch(new RegExp(`^${made.id}_secret_test_`));
    expect((await open(made.url ?? '')).text).toContain('Verify your identity');
    expect((await send(made.url ?? '', { outcome: 'verified' })).location).toBe('https://shop.example/back');
    expect(await sessions.retrieve(made.id)).toMatchObject({
      status: 'processing',
      url: null,
      client_secret: null,
    });
    expect((await open(made.url ?? '')).status).toBe(404);
    later();
    const verified = await sessions.retrieve(made.id, {
      expand: ['verified_outputs', 'last_verification_report.document.dob'],
    });
    expect(verified).toMatchObject({
      status: 'verified',
      verified_outputs: { first_name: 'Jenny', dob: { year: 1990 }, id_number: null },
      last_verification_report: {
        document: { status: 'verified', error: null, dob: { year: 1990 } },
        selfie: { status: 'verified' },
        type: 'document',
      },
    });
    expect((await sessions.retrieve(made.id)).verified_outputs).toBeUndefined();
    expect(await happened()).toEqual(['verified', 'processing', 'created']);
  });

  test('that is not verified waits again, and says why', async () => {
    const { stripe, sessions, happened } = world();
    const made = await sessions.create({ type: 'document' });
    await send(made.url ?? '', { outcome: 'document_expired' });
    later();
    const back = await sessions.retrieve(made.id, { expand: ['last_verification_report'] });
    expect(back).toMatchObject({
      status: 'requires_input',
      last_error: { code: 'document_expired' },
      last_verification_report: {
        document: { status: 'unverified', error: { code: 'document_expired' }, first_name: null },
      },
    });
    expect(back.url).not.toBe(made.url);
    await send(back.url ?? '', { outcome: 'verified' });
    later();
    expect(await sessions.retrieve(made.id)).toMatchObject({ status: 'verified', last_error: null });
    const reports = await stripe.identity.verificationReports.list({ verification_session: made.id });
    expect(reports.data.map(({ document }) => document?.status)).toEqual(['verified', 'unverified']);
    expect(await happened()).toEqual(['verified', 'processing', 'requires_input', 'processing', 'created']);
  });

  test('ends at once where somebody does not consent, with nothing checked', async () => {
    const { sessions } = world();
    const made = await sessions.create({ type: 'id_number' });
    await send(made.url ?? '', { outcome: 'consent_declined' });
    expect(await sessions.retrieve(made.id)).toMatchObject({
      status: 'requires_input',
      last_error: { code: 'consent_declined' },
      last_verification_report: null,
      options: { id_number: {} },
    });
  });

  test('offers on its page only what it asks for', async () => {
    const { sessions } = world();
    const made = await sessions.create({ type: 'id_number' });
    const page = (await open(made.url ?? '')).text;
    expect(page).toContain('id_number_mismatch');
    expect(page).not.toContain('document_expired');
    expect((await send(made.url ?? '', { outcome: 'document_expired' })).status).toBe(400);
    expect((await sessions.retrieve(made.id)).status).toBe('requires_input');
    clock.at += 2 * 86_400_000;
    expect((await open(made.url ?? '')).status).toBe(404);
  });

  test('is changed and canceled only while it waits', async () => {
    const { sessions } = world();
    const made = await sessions.create({
      type: 'document',
      options: { document: { require_id_number: true } },
    });
    expect(
      await sessions.update(made.id, {
        options: { document: { allowed_types: ['passport'] } },
        provided_details: { email: 'jenny@example.com' },
      }),
    ).toMatchObject({
      options: { document: { allowed_types: ['passport'], require_id_number: true } },
      provided_details: { email: 'jenny@example.com' },
    });
    expect(await sessions.update(made.id, { options: { document: '' } })).toMatchObject({
      options: { document: {} },
    });
    expect(await sessions.cancel(made.id)).toMatchObject({ status: 'canceled', url: null });
    for (const again of [
      () => sessions.cancel(made.id),
      () => sessions.update(made.id, { type: 'id_number' }),
    ])
      await expect(again()).rejects.toThrow(/has a status of canceled/);
    expect((await open(made.url ?? '')).status).toBe(404);
  });

  test('that is redacted forgets whom it was about', async () => {
    const { stripe, sessions, happened } = world();
    const made = await sessions.create({ type: 'document', metadata: { user: '7' } });
    await send(made.url ?? '', { outcome: 'verified' });
    await expect(sessions.redact(made.id)).rejects.toThrow(/has a status of processing/);
    later();
    expect(await sessions.redact(made.id)).toMatchObject({ redaction: { status: 'processing' } });
    later();
    const gone = await sessions.retrieve(made.id, {
      expand: ['verified_outputs', 'last_verification_report'],
    });
    expect(gone).toMatchObject({
      status: 'verified',
      redaction: { status: 'redacted' },
      metadata: {},
      verified_outputs: null,
      last_verification_report: { document: { first_name: '[redacted]', address: null } },
    });
    await expect(sessions.redact(made.id)).rejects.toThrow(/has been redacted/);
    expect((await happened())[0]).toBe('redacted');
    const waiting = await sessions.create({ type: 'document' });
    expect(await sessions.redact(waiting.id)).toMatchObject({ status: 'canceled' });
    expect((await stripe.identity.verificationReports.list()).data).toHaveLength(1);
  });
});

test('sessions are listed by what they are for', async () => {
  const { stripe, sessions } = world();
  const customer = (await stripe.customers.create()).id;
  const made = await sessions.create({
    type: 'document',
    related_customer: customer,
    client_reference_id: 'a',
  });
  await sessions.create({ type: 'document' });
  const ids = async (by: Stripe.Identity.VerificationSessionListParams) =>
    (await sessions.list(by)).data.map(({ id }) => id);
  expect(await ids({ related_customer: customer })).toEqual([made.id]);
  expect(await ids({ client_reference_id: 'a' })).toEqual([made.id]);
  expect(await ids({ status: 'verified' })).toEqual([]);
  expect(await ids({})).toHaveLength(2);
});

test('what cannot be asked is refused', async () => {
  const { sessions } = world();
  await expect(sessions.create()).rejects.toMatchObject({ code: 'parameter_missing', param: 'type' });
  await expect(sessions.create({ verification_flow: 'vf_1' })).rejects.toMatchObject({ statusCode: 501 });
  await expect(sessions.create({ type: 'document', return_url: 'back' })).rejects.toMatchObject({
    param: 'return_url',
  });
  await expect(sessions.create({ type: 'document', related_customer: 'cus_no' })).rejects.toMatchObject({
    param: 'related_customer',
    code: 'resource_missing',
  });
  await expect(
    sessions.create({ type: 'id_number', options: { document: { require_id_number: true } } }),
  ).rejects.toMatchObject({ param: 'options[document]' });
  await expect(sessions.retrieve('vs_no')).rejects.toMatchObject({ statusCode: 404 });
});
