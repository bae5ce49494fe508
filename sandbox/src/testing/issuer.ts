import Stripe from 'stripe';
import type { Sandbox } from '../options.ts';

/** The official SDK on an account of its own in a sandbox of this process. */
export function clientOf(sandbox: Sandbox, key: string, config: { stripeAccount?: string } = {}): Stripe {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  return new Stripe(key, { ...config, httpClient, maxNetworkRetries: 0 });
}

const address = {
  line1: '1234 Main Street',
  city: 'San Francisco',
  state: 'CA',
  postal_code: '94111',
  country: 'US',
};

/** Somebody who may have cards. */
export const cardholderParams = {
  name: 'Jenny Rosen',
  billing: { address },
  email: 'jenny@example.test',
  phone_number: '+18008675309',
  individual: {
    first_name: 'Jenny',
    last_name: 'Rosen',
    card_issuing: { user_terms_acceptance: { date: 1_470_266_163, ip: '91.121.146.224' } },
  },
} satisfies Stripe.Issuing.CardholderCreateParams;

/** An active virtual card in US dollars and 5,000 dollars for it to spend. */
export async function issueCard(
  stripe: Stripe,
  params: Partial<Stripe.Issuing.CardCreateParams> = {},
): Promise<Stripe.Issuing.Card> {
  await fundCards(stripe, 500_000);
  const cardholder = await stripe.issuing.cardholders.create(cardholderParams);
  return stripe.issuing.cards.create({
    cardholder: cardholder.id,
    currency: 'usd',
    type: 'virtual',
    status: 'active',
    ...params,
  });
}

/** A bank transfer to the Issuing balance; in minor units of US dollars. */
export async function fundCards(stripe: Stripe, amount: number): Promise<void> {
  await stripe.rawRequest('POST', '/v1/test_helpers/issuing/fund_balance', { amount, currency: 'usd' });
}

/** What cards can still spend, in minor units of US dollars. */
export async function cardMoney(stripe: Stripe): Promise<number> {
  const { issuing } = await stripe.balance.retrieve();
  return issuing?.available[0]?.amount ?? 0;
}

/** The types of an account's events, oldest first. */
export async function eventTypes(stripe: Stripe): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 });
  return data.map(({ type }) => type).reverse();
}
