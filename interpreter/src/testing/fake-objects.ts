import type { JsonObject } from '../json.ts';

/** An object of the fake account, shaped as a row of a list. */
export type Row = JsonObject & { id: string };

/** What the fake account holds when a conversation begins. */
export function fakeObjects() {
  const customers: Row[] = [
    fakeCustomer('cus_bob', 'Bob Loblaw', 'bob.loblaw@example.com'),
    fakeCustomer('cus_carla', 'Carla Diaz', 'carla@example.com'),
    fakeCustomer('cus_dora', 'Dora Explorer', 'dora@example.com'),
    fakeCustomer('cus_anna', "Anna O'Brien", 'anna@example.com'),
    fakeCustomer('cus_old', 'Old Account', 'old@example.com'),
    fakeCustomer('cus_bill1', 'Billy Kid', 'billy1@example.com'),
    fakeCustomer('cus_bill2', 'Billy Joel', 'billy2@example.com'),
    fakeCustomer('cus_tanaka', '田中 太郎', 'tanaka@example.jp'),
  ];
  const products: Row[] = [
    { id: 'prod_premium', name: 'Premium Subscription', active: true, price: '$29.99 monthly' },
    { id: 'prod_basic', name: 'Basic Plan', active: true, price: '$9.99 monthly' },
    { id: 'prod_setup', name: 'One-time Setup', active: true, price: '$99.00 once' },
  ];
  const prices: Row[] = [
    {
      id: 'price_premium',
      product: 'prod_premium',
      product_name: 'Premium Subscription',
      amount: '29.99 USD',
      currency: 'usd',
      interval: 'month',
      active: true,
    },
    {
      id: 'price_basic',
      product: 'prod_basic',
      product_name: 'Basic Plan',
      amount: '9.99 USD',
      currency: 'usd',
      interval: 'month',
      active: true,
    },
    {
      id: 'price_setup',
      product: 'prod_setup',
      product_name: 'One-time Setup',
      amount: '99.00 USD',
      currency: 'usd',
      active: true,
    },
  ];
  const charges: Row[] = [
    fakeCharge('ch_b2', 'cus_bob', '40.00 USD', 'succeeded', '2026-11-20', 'Consulting'),
    fakeCharge('ch_b1', 'cus_bob', '29.99 USD', 'succeeded', '2026-10-20', 'Premium'),
    fakeCharge('ch_c1', 'cus_carla', '15.00 EUR', 'succeeded', '2026-11-02', 'Book'),
    fakeCharge('ch_d1', 'cus_dora', '12.00 USD', 'failed', '2026-11-22', 'Course'),
    fakeCharge('ch_a2', 'cus_anna', '80.00 USD', 'succeeded', '2026-03-20', 'Workshop'),
    fakeCharge('ch_a1', 'cus_anna', '99.00 USD', 'succeeded', '2026-03-02', 'Set-up fee'),
  ];
  const subscriptions: Row[] = [
    {
      id: 'sub_bob',
      status: 'active',
      customer: 'cus_bob',
      customer_name: 'Bob Loblaw',
      items: [{ id: 'si_1', product_name: 'Premium Subscription', amount: '29.99 USD', interval: 'monthly' }],
      current_period_end: '2026-12-20T00:00:00Z',
    },
    {
      id: 'sub_carla',
      status: 'active',
      customer: 'cus_carla',
      customer_name: 'Carla Diaz',
      items: [{ id: 'si_2', product_name: 'Basic Plan', amount: '9.99 USD', interval: 'monthly' }],
      current_period_end: '2026-12-02T00:00:00Z',
    },
  ];
  const invoices: Row[] = [
    {
      id: 'in_due',
      number: 'AB12CD34-0001',
      status: 'open',
      total: '120.00 USD',
      amount_due: '120.00 USD',
      amount_remaining: '120.00 USD',
      customer: 'cus_carla',
      customer_name: 'Carla Diaz',
      customer_email: 'carla@example.com',
      due_date: '2026-11-01T00:00:00Z',
    },
  ];
  const disputes: Row[] = [
    {
      id: 'dp_1',
      amount: '80.00 USD',
      reason: 'fraudulent',
      status: 'needs_response',
      charge: 'ch_a2',
      customer_name: "Anna O'Brien",
      evidence_due: '2026-12-01T00:00:00Z',
    },
  ];
  const payouts: Row[] = [
    { id: 'po_1', amount: '500.00 USD', status: 'paid', arrival_date: '2026-11-18T00:00:00Z' },
  ];
  return { customers, products, prices, charges, subscriptions, invoices, disputes, payouts };
}

export function fakeCustomer(id: string, name: string, email: string): Row {
  return { id, name, email, created: '2026-05-01T00:00:00Z' };
}

function fakeCharge(
  id: string,
  owner: string,
  amount: string,
  status: string,
  day: string,
  description: string,
): Row {
  return { id, amount, status, customer: owner, description, created: `${day}T10:00:00Z` };
}
