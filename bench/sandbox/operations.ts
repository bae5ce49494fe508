import type { WireRequest } from './connection.ts';

/** What is measured. `{id}` is the id that the `prepare` request answered. */
export interface Operation {
  readonly name: string;
  readonly prepare?: WireRequest;
  /** How often `prepare` is sent first, so that a list has something to list. */
  readonly times?: number;
  readonly request: WireRequest;
}

const newCustomer: WireRequest = {
  method: 'POST',
  path: '/v1/customers',
  body: 'email=ada%40example.com&name=Ada+Lovelace&description=Benchmark&metadata%5Border%5D=6735&metadata%5Btier%5D=gold',
};
const newIntent: WireRequest = {
  method: 'POST',
  path: '/v1/payment_intents',
  body: 'amount=2999&currency=usd&automatic_payment_methods%5Benabled%5D=true&metadata%5Border%5D=6735',
};

export const operations: readonly Operation[] = [
  { name: 'create a customer', request: newCustomer },
  {
    name: 'retrieve a customer',
    prepare: newCustomer,
    request: { method: 'GET', path: '/v1/customers/{id}' },
  },
  {
    name: 'list 10 customers',
    prepare: newCustomer,
    times: 100,
    request: { method: 'GET', path: '/v1/customers?limit=10' },
  },
  { name: 'create a payment intent', request: newIntent },
  {
    name: 'retrieve a payment intent',
    prepare: newIntent,
    request: { method: 'GET', path: '/v1/payment_intents/{id}' },
  },
  {
    name: 'list 10 payment intents',
    prepare: newIntent,
    times: 100,
    request: { method: 'GET', path: '/v1/payment_intents?limit=10' },
  },
];
