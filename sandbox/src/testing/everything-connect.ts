import type Stripe from 'stripe';
import type { World } from './everything.ts';

const page = 'https://example.test/page';

/** A connected account, and what is paid to it. */
export async function payOthers({ stripe, now }: World): Promise<void> {
  const account = await stripe.accounts.create({
    country: 'US',
    type: 'custom',
    email: 'bob@example.test',
    business_type: 'individual',
    capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
    individual: {
      first_name: 'Bob',
      last_name: 'Bee',
      dob: { day: 1, month: 1, year: 1980 },
      address: { line1: 'Way 2', city: 'San Francisco', state: 'CA', postal_code: '94110' },
      id_number: '000000000',
    },
    business_profile: { mcc: '5734', url: page },
    tos_acceptance: { date: now, ip: '127.0.0.1' },
    external_account: 'btok_us_verified',
  });
  const destination = account.id;
  const transfer = await stripe.transfers.create({ amount: 100, currency: 'usd', destination });
  await stripe.transfers.createReversal(transfer.id, { amount: 10 });
  await stripe.transfers.update(transfer.id, { metadata: { seen: 'yes' } });
  await stripe.accounts.update(account.id, { metadata: { seen: 'yes' } });
  await stripe.accounts.updateCapability(account.id, 'transfers', { requested: true });
  const bank = await stripe.accounts.createExternalAccount(account.id, {
    external_account: 'btok_us_verified',
  });
  await stripe.accounts.updateExternalAccount(account.id, bank.id, { default_for_currency: true });
  await stripe.accountLinks.create({
    account: account.id,
    type: 'account_onboarding',
    refresh_url: page,
    return_url: page,
  });
  await company(stripe);
  await shareIn(stripe, destination);
}

async function company(stripe: Stripe): Promise<void> {
  const { id } = await stripe.accounts.create({
    country: 'US',
    type: 'custom',
    business_type: 'company',
    company: { name: 'Bees', tax_id: '000000000' },
    capabilities: { transfers: { requested: true } },
  });
  const person = await stripe.accounts.createPerson(id, {
    first_name: 'Dan',
    last_name: 'Dee',
    relationship: { owner: true, percent_ownership: 20 },
  });
  await stripe.accounts.retrievePerson(id, person.id);
  await stripe.accounts.updatePerson(id, person.id, { email: 'dan@example.test' });
  await stripe.accounts.deletePerson(id, person.id);
}

/** A charge of which the account gets its part, less a fee that is given back in part. */
async function shareIn(stripe: Stripe, destination: string): Promise<void> {
  const charge = await stripe.charges.create({
    amount: 2000,
    currency: 'usd',
    source: 'tok_bypassPending',
    application_fee_amount: 200,
    transfer_data: { destination },
  });
  const fee = await stripe.applicationFees.retrieve(String(charge.application_fee));
  const refund = await stripe.applicationFees.createRefund(fee.id, { amount: 20 });
  await stripe.applicationFees.retrieveRefund(fee.id, refund.id);
  await stripe.applicationFees.updateRefund(fee.id, refund.id, { metadata: { seen: 'yes' } });
  await stripe.refunds.create({ charge: charge.id, amount: 100, reverse_transfer: true });
}
