import type { CustomerStory, Json } from '@purser/server/api';
import { ago } from './fake-data.ts';
import { missing, type Route } from './fake-route.ts';

const people: { [field: string]: string }[] = [
  { id: 'cus_Maya0001', name: 'Maya Okonkwo', email: 'maya@example.com', created: ago(9_000) },
  { id: 'cus_Arab0002', name: 'محمد عبد الله', email: 'm@example.com', created: ago(19_000) },
  {
    id: 'cus_Yama0003',
    name: '山田太郎株式会社の長い長い名前の支店',
    email: 'yamada@example.jp',
    created: ago(29_000),
  },
  { id: 'cus_Mail0004', email: 'only-an-address@example.com', created: ago(90_000) },
  {
    id: 'cus_Hard0005',
    name: '<b>Bobby</b> \u202Egnp.exe',
    email: 'bobby@example.com',
    created: ago(99_000),
  },
];

const list = (of: string, data: Json[], complete = true): Json => ({
  ...{ object: 'list', of, data, complete, seen: data.length },
});

const theirs = {
  customer: 'cus_Maya0001',
  customer_name: 'Maya Okonkwo',
  customer_email: 'maya@example.com',
};

const story: Omit<CustomerStory, 'customer'> = {
  subscriptions: list('subscription', [
    {
      ...{ id: 'sub_1', status: 'past_due', created: ago(90_000), ...theirs },
      items: [{ product_name: 'Team plan', amount: '99.00 USD', interval: 'month' }],
    },
  ]),
  payments: list(
    'charge',
    [
      { id: 'ch_1', amount: '1250.00 USD', status: 'succeeded', created: ago(2_000), ...theirs },
      { id: 'ch_2', amount: '99.00 USD', status: 'failed', created: ago(40_000), ...theirs },
      { id: 'ch_3', amount: '99.00 USD', status: 'succeeded', created: ago(80_000), ...theirs },
    ],
    false,
  ),
  invoices: null,
  disputes: list('dispute', [
    { id: 'du_1', amount: '99.00 USD', status: 'needs_response', reason: 'fraudulent', created: ago(3_000) },
  ]),
  paymentMethods: list('payment_method', [
    { id: 'pm_1', type: 'card', brand: 'visa', last4: '4242', expires: '8/2030' },
  ]),
};

const holds = (q: string) => (person: { [field: string]: string }) =>
  `${person.name ?? ''} ${person.email ?? ''}`.toLowerCase().includes(q.toLowerCase());

export const customerRoutes: Route[] = [
  [
    'GET',
    /^\/connections\/\w+\/customers$/,
    ({ query }) => ({ body: list('customer', people.filter(holds(query.get('q') ?? '')), query.has('q')) }),
  ],
  [
    'GET',
    /^\/connections\/\w+\/customers\/(\w+)$/,
    ({ match }) => {
      const person = people.find(({ id }) => id === match[1]);
      if (!person) return missing;
      return { body: { ...story, customer: { object: 'customer', phone: '+1 555 0100', ...person } } };
    },
  ],
];
