import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addRoute, createApi, nameText } from './route.ts';
import type { Service } from './service.ts';

const key = `sk_live_${'a1B2'.repeat(6)}`;

/** A route that answers the body its handler got. */
async function got(body: unknown): Promise<{ status: number; body: unknown }> {
  const app = createApi();
  const principal = { type: 'person', id: 'usr_1', name: 'Ann', role: 'owner' };
  const service = { access: { whoIs: async () => principal } } as unknown as Service;
  app.onError((error, context) => context.json({ message: error.message }, 400));
  const spec = {
    method: 'post',
    path: '/api/things',
    summary: 'Echo',
    tag: 'Test',
    action: 'administer',
    body: z.looseObject({ name: nameText(120).optional() }),
  } as const;
  addRoute(app, service, spec, async ({ body: seen }) => seen);
  const answer = await app.request('/api/things', { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

describe('the body of a request', () => {
  it('loses card numbers and keys wherever they stand', async () => {
    const { body } = await got({
      name: `Ops ${key}`,
      list: [{ reason: 'card 4111 1111 1111 1111' }],
      [`whsec_${'x'.repeat(20)}`]: 1,
    });
    expect(JSON.stringify(body)).not.toMatch(/a1B2a1B2|4111 1111|x{10}/);
    expect(body).toMatchObject({ list: [{ reason: 'card [card number removed •••• 1111]' }] });
  });

  it('loses card numbers that come as numbers', async () => {
    const { body } = await got({ list: [{ card: 4111111111111111 }] });
    expect(body).toEqual({ list: [{ card: '[card number removed •••• 1111]' }] });
  });

  it('keeps what is under credentials and secrets', async () => {
    const sent = { credentials: { apiKey: key }, secrets: { other: [key] } };
    expect((await got(sent)).body).toEqual(sent);
  });

  it('keeps ids, policies, numbers and plain words', async () => {
    const sent = {
      id: 'con_01JD7ZK3V9Q8',
      policies: { create_refund: 'ask', list_customers: 'allow' },
      amount: 41_111_111_111,
      none: null,
      name: 'Büro 🧾 +49 30 901820',
    };
    expect((await got(sent)).body).toEqual(sent);
  });

  it('loses characters that turn the reading direction', async () => {
    expect((await got({ note: 'a\u202eb\u2066c' })).body).toEqual({ note: 'abc' });
  });

  it.each(['', ' ', '\u200b\u200d', '\u202e', '\u2066\ufeff '])('refuses %j as a name', async (name) => {
    expect((await got({ name })).status).toBe(400);
  });
});
