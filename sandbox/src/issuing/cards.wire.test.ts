import type Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';
import { cardholderParams, clientOf, eventTypes, issueCard } from '../testing/issuer.ts';

const now = Date.UTC(2026, 0, 5, 12);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());
let count = 0;
let stripe: Stripe;
beforeEach(() => {
  stripe = clientOf(sandbox, `sk_test_issuing_cards${count++}`);
});

describe('a cardholder', () => {
  test('is ready once the terms are accepted and the name is known', async () => {
    const { individual: _, ...unknown } = cardholderParams;
    const created = await stripe.issuing.cardholders.create(unknown);
    expect(created).toMatchObject({
      id: expect.stringMatching(/^ich_/),
      type: 'individual',
      status: 'active',
      company: null,
      individual: null,
      requirements: {
        disabled_reason: 'requirements.past_due',
        past_due: [
          'individual.card_issuing.user_terms_acceptance.date',
          'individual.card_issuing.user_terms_acceptance.ip',
          'individual.first_name',
          'individual.last_name',
        ],
      },
      spending_controls: { allowed_categories: [], spending_limits: [], spending_limits_currency: null },
    });
    const card = { cardholder: created.id, currency: 'usd', type: 'virtual' as const };
    await expect(stripe.issuing.cards.create({ ...card, status: 'active' })).rejects.toMatchObject({
      statusCode: 400,
      param: 'status',
      message: expect.stringContaining('outstanding requirements'),
    });
    const { id } = await stripe.issuing.cards.create(card);
    const ready = await stripe.issuing.cardholders.update(created.id, {
      individual: cardholderParams.individual,
    });
    expect(ready.requirements).toEqual({ disabled_reason: null, past_due: [] });
    expect(await stripe.issuing.cards.update(id, { status: 'active' })).toMatchObject({
      status: 'active',
      cardholder: { id: created.id, individual: { first_name: 'Jenny' } },
    });
    const [update] = (await stripe.events.list({ type: 'issuing_cardholder.updated' })).data;
    expect(update?.data.previous_attributes).toMatchObject({
      individual: null,
      requirements: { disabled_reason: 'requirements.past_due' },
    });
  });

  test('is a company where asked, is found by what it is, and needs a phone number outside the US', async () => {
    const { individual: _, phone_number: __, ...plain } = cardholderParams;
    const company = await stripe.issuing.cardholders.create({
      ...plain,
      type: 'company',
      company: { tax_id: '12' },
    });
    expect(company).toMatchObject({ company: { tax_id_provided: true }, requirements: { past_due: [] } });
    await stripe.issuing.cardholders.create(cardholderParams);
    expect((await stripe.issuing.cardholders.list({ type: 'company' })).data.map(({ id }) => id)).toEqual([
      company.id,
    ]);
    const abroad = await stripe.issuing.cardholders.create({
      ...plain,
      billing: { address: { ...plain.billing.address, country: 'ES' } },
    });
    await expect(
      stripe.issuing.cards.create({ cardholder: abroad.id, currency: 'eur', type: 'virtual' }),
    ).rejects.toMatchObject({ code: 'cardholder_phone_number_required' });
    await expect(
      stripe.issuing.cardholders.create({ ...plain, name: 'A name that is too long for a card' }),
    ).rejects.toMatchObject({ param: 'name' });
  });
});

describe('a card', () => {
  test('tells its number and code to those alone who ask for them', async () => {
    const card = await issueCard(stripe);
    expect(card).toMatchObject({
      id: expect.stringMatching(/^ic_/),
      brand: 'Visa',
      exp_month: 1,
      exp_year: 2030,
      spending_controls: {
        spending_limits: [{ amount: 50_000, interval: 'daily' }],
        spending_limits_currency: 'usd',
      },
    });
    expect(card).not.toHaveProperty('number');
    const { cvc, number } = await stripe.issuing.cards.retrieve(card.id, { expand: ['number', 'cvc'] });
    expect([number?.slice(0, 10), number?.slice(-4), number?.length]).toEqual(['4000009990', card.last4, 16]);
    expect(cvc).toMatch(/^\d{3}$/);
    // Its digits are right: it is refused as a card that is no test card, not as a wrong number.
    await expect(
      stripe.tokens.create({ card: { number: number ?? '', exp_month: '1', exp_year: '2030' } }),
    ).rejects.toMatchObject({ code: 'card_declined' });
  });

  test('goes by post when it is of plastic', async () => {
    const { id: cardholder } = await stripe.issuing.cardholders.create(cardholderParams);
    const wish = { cardholder, currency: 'usd', type: 'physical' as const };
    await expect(stripe.issuing.cards.create(wish)).rejects.toMatchObject({ param: 'shipping' });
    const shipping = {
      name: 'Jenny',
      address: cardholderParams.billing.address,
      service: 'express' as const,
    };
    const { id, ...card } = await stripe.issuing.cards.create({ ...wish, shipping });
    expect(card.shipping).toMatchObject({ status: 'pending', carrier: null, eta: now / 1000 + 2 * 86_400 });
    const helper = stripe.testHelpers.issuing.cards;
    await expect(helper.deliverCard(id)).rejects.toMatchObject({
      message: "You cannot deliver this card's shipment because its shipping status is `pending`.",
    });
    expect((await helper.submitCard(id)).shipping?.status).toBe('submitted');
    expect((await helper.shipCard(id)).shipping).toMatchObject({
      status: 'shipped',
      carrier: 'usps',
      tracking_number: expect.stringMatching(/^\d{22}$/),
    });
    await expect(stripe.issuing.cards.update(id, { shipping })).rejects.toMatchObject({ param: 'shipping' });
    expect((await helper.deliverCard(id)).shipping?.status).toBe('delivered');
    await expect(helper.failCard((await issueCard(stripe)).id)).rejects.toThrow('This card is virtual');
  });

  test('is canceled for good, at once when it is lost, and replaced by another', async () => {
    const lost = await issueCard(stripe);
    await expect(
      stripe.issuing.cards.create({ currency: 'usd', type: 'virtual', replacement_for: lost.id }),
    ).rejects.toMatchObject({ param: 'replacement_reason', code: 'parameter_missing' });
    const next = await stripe.issuing.cards.create({
      currency: 'usd',
      type: 'virtual',
      replacement_for: lost.id,
      replacement_reason: 'lost',
      expand: ['replacement_for'],
    });
    expect(next).toMatchObject({
      cardholder: { id: lost.cardholder.id },
      replacement_for: { id: lost.id, status: 'canceled', cancellation_reason: 'lost', replaced_by: next.id },
    });
    await expect(stripe.issuing.cards.update(lost.id, { status: 'active' })).rejects.toThrow(
      'has been canceled',
    );
    const worn = await issueCard(stripe);
    const fresh = await stripe.issuing.cards.create({
      currency: 'usd',
      type: 'virtual',
      replacement_for: worn.id,
      replacement_reason: 'damaged',
    });
    expect((await stripe.issuing.cards.retrieve(worn.id)).status).toBe('active');
    await stripe.issuing.cards.update(fresh.id, { status: 'active' });
    expect((await stripe.issuing.cards.retrieve(worn.id)).status).toBe('canceled');
    expect((await stripe.issuing.cards.list({ status: 'canceled' })).data).toHaveLength(2);
  });

  test.each([
    [{ currency: 'jpy' }, 'currency'],
    [{ exp_year: 2025 }, 'exp_year'],
    [{ cardholder: 'ich_nobody' }, 'cardholder'],
    [{ pin: { encrypted_number: 'x' } }, undefined],
  ])('is refused with %j', async (wrong, param) => {
    const { id: cardholder } = await stripe.issuing.cardholders.create(cardholderParams);
    const asked = stripe.issuing.cards.create({ cardholder, currency: 'usd', type: 'virtual', ...wrong });
    await expect(asked).rejects.toMatchObject(
      param === undefined ? { statusCode: 501 } : { statusCode: 400, param },
    );
  });

  test('tells of itself by events', async () => {
    const { id } = await issueCard(stripe);
    await stripe.issuing.cards.update(id, { metadata: { team: 'sales' } });
    expect((await eventTypes(stripe)).slice(-3)).toEqual([
      'issuing_cardholder.created',
      'issuing_card.created',
      'issuing_card.updated',
    ]);
    const [event] = (await stripe.events.list({ type: 'issuing_card.updated' })).data;
    expect(event?.data.previous_attributes).toEqual({ metadata: { team: null } });
  });
});

test('connected accounts issue cards with the capability alone, and nobody simulates in live mode', async () => {
  const account = await stripe.accounts.create({ type: 'custom', country: 'US' });
  await expect(
    stripe.issuing.cardholders.create(cardholderParams, { stripeAccount: account.id }),
  ).rejects.toThrow('Your account is not set up to use Issuing.');
  const answer = await sandbox.fetch('http://sandbox/_sandbox/accounts', {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_any' },
    body: JSON.stringify({ livemode: true }),
  });
  const { secret } = (await answer.json()) as { secret: string };
  const live = clientOf(sandbox, secret);
  await expect(live.testHelpers.issuing.authorizations.create({ card: 'ic_1', amount: 1 })).rejects.toThrow(
    'can only be used in test mode',
  );
});
