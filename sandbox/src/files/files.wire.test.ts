import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { day } from '../clock.ts';
import { createSandbox, type Sandbox } from '../index.ts';

const clock = { at: Date.UTC(2026, 0, 5), now: () => clock.at };
const sandbox = createSandbox({ clock });
afterAll(() => sandbox.close());

let accounts = 0;
function client(of: Sandbox = sandbox, key = `sk_test_files${accounts++}`) {
  const stripe = new Stripe(key, {
    httpClient: Stripe.createFetchHttpClient(of.fetch),
    maxNetworkRetries: 0,
  });
  const get = (url: string, headers: Record<string, string> = { authorization: `Bearer ${key}` }) =>
    of.fetch(url, { headers });
  return { stripe, key, get };
}

const pdf = Buffer.from('%PDF-1.7\nproof');
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const evidence = (data: Buffer, name = 'receipt.pdf') =>
  ({ purpose: 'dispute_evidence', file: { data, name, type: 'application/octet-stream' } }) as const;

test('a file sent by the SDK is kept, told of and given back byte by byte', async () => {
  const { stripe, get } = client();
  const file = await stripe.files.create(evidence(pdf));
  expect(file).toMatchObject({
    object: 'file',
    id: expect.stringMatching(/^file_\w{24}$/),
    filename: 'receipt.pdf',
    purpose: 'dispute_evidence',
    size: pdf.length,
    type: 'pdf',
    links: { data: [], url: `/v1/file_links?file=${file.id}` },
  });
  expect(await stripe.files.retrieve(file.id)).toEqual(
    expect.objectContaining({ id: file.id, size: pdf.length }),
  );
  const response = await get(file.url ?? '');
  expect(response.headers.get('content-type')).toBe('application/pdf');
  expect(response.headers.get('content-security-policy')).toContain('sandbox');
  expect(Buffer.from(await response.arrayBuffer())).toEqual(pdf);
  expect((await stripe.events.list({ type: 'file.created' })).data).toHaveLength(1);
});

test('contents need a key of the account, and of a restricted one the permission', async () => {
  const { stripe, key } = client();
  const { url } = await stripe.files.create(evidence(pdf));
  const strangers = client();
  expect((await strangers.get(url ?? '')).status).toBe(404);
  expect((await strangers.get(url ?? '', {})).status).toBe(401);
  const made = await sandbox.fetch('http://sandbox/_sandbox/restricted_keys', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ permissions: { customers: 'read' } }),
  });
  const { secret } = (await made.json()) as { secret: string };
  expect((await client(sandbox, secret).get(url ?? '')).status).toBe(403);
});

test('lists tell purposes apart', async () => {
  const { stripe } = client();
  await stripe.files.create(evidence(pdf));
  const logo = await stripe.files.create({
    purpose: 'business_logo',
    file: { data: png, name: 'logo.png', type: 'image/png' },
  });
  expect((await stripe.files.list({ purpose: 'business_logo' })).data.map((file) => file.id)).toEqual([
    logo.id,
  ]);
  expect((await stripe.files.list()).data).toHaveLength(2);
});

test.each([
  ['a type told by its name alone', evidence(Buffer.from('MZ not a document'), 'proof.pdf'), /does not take/],
  ['one that is too large', evidence(Buffer.concat([pdf, Buffer.alloc(5 * 1024 * 1024)])), /too large/],
  ['an empty one', evidence(Buffer.alloc(0)), /is empty/],
  ['one for no purpose', { ...evidence(pdf), purpose: 'fun' as 'dispute_evidence' }, /Invalid purpose/],
])('a file is refused: %s', async (_name, params, message) => {
  await expect(client().stripe.files.create(params)).rejects.toMatchObject({
    statusCode: 400,
    message: expect.stringMatching(message),
  });
});

test.each([
  ['a form', 'application/x-www-form-urlencoded', 'purpose=dispute_evidence'],
  ['broken multipart', 'multipart/form-data; boundary=x', '--y\r\nnonsense'],
  ['no boundary', 'multipart/form-data', 'x'],
  [
    'no file',
    'multipart/form-data; boundary=x',
    '--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\ndispute_evidence\r\n--x--\r\n',
  ],
])('uploads that are none are a 400: %s', async (_name, type, body) => {
  const response = await sandbox.fetch('http://sandbox/v1/files', {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_files', 'content-type': type },
    body,
  });
  expect(response.status).toBe(400);
});

test('an upload repeated under its key is one file; another one under that key is refused', async () => {
  const { stripe } = client();
  const idempotencyKey = 'upload';
  const first = await stripe.files.create(evidence(pdf), { idempotencyKey });
  expect((await stripe.files.create(evidence(pdf), { idempotencyKey })).id).toBe(first.id);
  await expect(
    stripe.files.create(evidence(Buffer.from('%PDF-1.7\nother')), { idempotencyKey }),
  ).rejects.toMatchObject({ type: 'StripeIdempotencyError' });
});

test('a link opens the file to everybody until it expires', async () => {
  const { stripe, get } = client();
  const file = await stripe.files.create({
    ...evidence(png, 'shot.png'),
    file_link_data: { create: true, metadata: { a: '1' } },
  });
  const [link] = file.links?.data ?? [];
  expect(link).toMatchObject({ expired: false, metadata: { a: '1' } });
  const opened = await get(link?.url ?? '', {});
  expect(Buffer.from(await opened.arrayBuffer())).toEqual(png);
  await stripe.fileLinks.update(link?.id ?? '', { expires_at: Math.floor(clock.at / 1000) + 60 });
  clock.at += 61_000;
  expect((await get(link?.url ?? '', {})).status).toBe(404);
  expect((await stripe.fileLinks.list({ expired: true })).data.map((one) => one.id)).toEqual([link?.id]);
  await expect(stripe.fileLinks.create({ file: file.id, expires_at: 1 })).rejects.toMatchObject({
    param: 'expires_at',
  });
  const second = await stripe.fileLinks.create({ file: file.id });
  expect(await stripe.fileLinks.update(second.id, { expires_at: 'now' })).toMatchObject({ expired: true });
});

test('identity documents are neither linked to nor read again', async () => {
  const { stripe, get } = client();
  const file = await stripe.files.create({ ...evidence(pdf), purpose: 'identity_document' });
  expect(file.url).toBeNull();
  await expect(stripe.fileLinks.create({ file: file.id })).rejects.toThrow(/cannot be linked to/);
  expect((await get(`http://sandbox/v1/files/${file.id}/contents`)).status).toBe(403);
});

test('evidence is forgotten after nine months', async () => {
  const { stripe, get } = client();
  const file = await stripe.files.create(evidence(pdf));
  clock.at += 280 * day * 1000;
  expect((await get(file.url ?? '')).status).toBe(404);
});

test('over a real port, the SDK’s own client sends the same', async () => {
  const open = createSandbox();
  const { port } = await open.listen({ port: 0 });
  const stripe = new Stripe('sk_test_port', {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
  });
  const file = await stripe.files.create(evidence(Buffer.concat([pdf, Buffer.alloc(2_000_000, 7)])));
  const response = await fetch(file.url ?? '', { headers: { authorization: 'Bearer sk_test_port' } });
  expect((await response.arrayBuffer()).byteLength).toBe(pdf.length + 2_000_000);
  await open.close();
});

test('files are on disk beside the journal, there after a restart, and gone after a reset', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sandbox-files-'));
  const before = createSandbox({ dataDir });
  const { stripe } = client(before, 'sk_test_disk');
  const { url } = await stripe.files.create(evidence(pdf));
  await before.close();
  const after = createSandbox({ dataDir });
  const again = client(after, 'sk_test_disk');
  const response = await again.get(url ?? '');
  expect(Buffer.from(await response.arrayBuffer())).toEqual(pdf);
  expect((await readdir(dataDir)).some((name) => name.endsWith('.files'))).toBe(true);
  await after.fetch('http://sandbox/_sandbox/reset', {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_disk' },
    body: '{}',
  });
  expect((await again.get(url ?? '')).status).toBe(404);
  expect((await readdir(dataDir)).some((name) => name.endsWith('.files'))).toBe(false);
  await after.close();
  await rm(dataDir, { recursive: true });
});

test('evidence of a dispute is files for it, and not more than Stripe takes', async () => {
  const { stripe } = client();
  await stripe.paymentIntents.create({
    amount: 1000,
    currency: 'usd',
    payment_method: 'pm_card_createDispute',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  });
  const [dispute] = (await stripe.disputes.list()).data;
  const id = dispute?.id ?? '';
  const submit = (receipt: string, more = {}) =>
    stripe.disputes.update(id, {
      evidence: { receipt, ...more },
      submit: false,
      expand: ['evidence.receipt'],
    });
  await expect(submit('file_none')).rejects.toMatchObject({
    code: 'resource_missing',
    param: 'evidence[receipt]',
    message: "No such file upload: 'file_none'",
  });
  const logo = await stripe.files.create({ ...evidence(png), purpose: 'business_logo' });
  await expect(submit(logo.id)).rejects.toThrow(/has the purpose business_logo/);
  const large = await stripe.files.create(evidence(Buffer.concat([pdf, Buffer.alloc(4_000_000, 1)])));
  expect((await submit(large.id)).evidence.receipt).toMatchObject({
    id: large.id,
    size: pdf.length + 4_000_000,
  });
  const other = await stripe.files.create(evidence(Buffer.concat([pdf, Buffer.alloc(1_000_000, 1)])));
  await expect(submit(large.id, { refund_policy: other.id })).rejects.toThrow(/together/);
});
