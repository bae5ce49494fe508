import type Stripe from 'stripe';

/** A connected account that is verified at once and can do everything, for tests. */
export const verifiedIndividual = {
  type: 'custom',
  country: 'US',
  business_type: 'individual',
  business_profile: { mcc: '5734', url: 'https://accessible.stripe.com', name: 'Rocket Rides' },
  capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
  individual: {
    first_name: 'Jenny',
    last_name: 'Rosen',
    email: 'jenny@example.com',
    phone: '0000000000',
    dob: { day: 1, month: 1, year: 1901 },
    ssn_last_4: '0000',
    address: { line1: 'address_full_match', city: 'Ohio City', state: 'OH', postal_code: '44113' },
  },
  tos_acceptance: { date: 1_700_000_000, ip: '8.8.8.8' },
  external_account: 'btok_us_verified',
} satisfies Stripe.AccountCreateParams;
