import type { Account } from './account.ts';
import { externalAccountParam } from './connect/external-accounts.ts';
import { type Customer, existingCustomer, forgetDefaultMethod, updateCustomer } from './customers.ts';
import { emit, previousAttributes } from './events.ts';
import { verifyDeposits } from './payment-methods/deposits.ts';
import { factsOf, rememberFact } from './payment-methods/facts.ts';
import { billingAfter, ownerFields } from './payment-methods/legacy-card.ts';
import { type PaymentMethod, paymentMethods } from './payment-methods/payment-method.ts';
import {
  attachSource,
  bankView,
  isSource,
  removeSource,
  resolveSource,
  sourcesOf,
  viewOf,
} from './payment-methods/sources.ts';
import { changedCard } from './payment-methods/update.ts';
import { type Call, type Resource, refused, route } from './resource.ts';
import { noSuch, StripeFault } from './wire/errors.ts';
import { pageOfList, pageParams } from './wire/pages.ts';
import {
  applyMetadata,
  boolean,
  integer,
  list,
  metadata,
  oneOf,
  type Parsed,
  required,
  text,
  unsupported,
} from './wire/params.ts';

const createParams = {
  metadata: metadata(),
  source: required(externalAccountParam),
  validate: boolean(),
} as const;
const updateParams = {
  ...ownerFields,
  account_holder_name: text(),
  account_holder_type: oneOf('company', 'individual'),
  exp_month: integer(1, 12),
  exp_year: integer(2000, 2100),
  metadata: metadata(),
  owner: unsupported(),
} as const;
const listParams = { ...pageParams, object: text() } as const;
const verifyParams = { amounts: list(integer(), 2) } as const;

const permission = 'source';

function owner(call: Call<unknown>): Customer {
  return existingCustomer(call.account, call.id('customer'), 'customer', 404);
}

function sourceIn(call: Call<unknown>): PaymentMethod {
  const customer = owner(call);
  const method = call.account.of(paymentMethods).get(call.id());
  if (method?.customer === customer.id && isSource(method)) return method;
  throw noSuch('source', call.id(), 'id', 404);
}

/** `POST /v1/customers/:id/sources`: the first becomes the default. */
function create(call: Call<Parsed<typeof createParams>>) {
  const { account, params } = call;
  const customer = owner(call);
  const made = resolveSource(account, params.source, 'source');
  const kept = { ...made, metadata: applyMetadata(made.metadata ?? {}, params.metadata) };
  const attached = attachSource(account, account.of(paymentMethods).put(kept), customer.id);
  if (customer.default_source === null) updateCustomer(account, { ...customer, default_source: attached.id });
  return viewOf(account, attached);
}

function changed(account: Account, method: PaymentMethod, params: Parsed<typeof updateParams>) {
  const { account_holder_name: holder, account_holder_type: type } = params;
  const { card, us_bank_account: bank } = method;
  const billing = billingAfter(method.billing_details, params);
  const next: PaymentMethod = {
    ...method,
    billing_details: holder === undefined ? billing : { ...billing, name: holder },
    ...(card ? { card: changedCard(account, card, params) } : {}),
    ...(bank ? { us_bank_account: { ...bank, account_holder_type: type ?? bank.account_holder_type } } : {}),
    metadata: applyMetadata(method.metadata ?? {}, params.metadata),
  };
  const [before, after] = [viewOf(account, method), viewOf(account, next)];
  account.of(paymentMethods).put(next);
  const previous = previousAttributes(before, after);
  if (Object.keys(previous).length > 0) emit(account, 'customer.source.updated', after, previous);
  return after;
}

function remove(call: Call<unknown>) {
  const method = sourceIn(call);
  const { account } = call;
  removeSource(account, method);
  forgetDefaultMethod(account, owner(call).id, method.id);
  const { id } = method;
  return method.us_bank_account
    ? ({ id, object: 'bank_account', currency: 'usd', deleted: true } as const)
    : ({ id, object: 'card', deleted: true } as const);
}

/** `POST /v1/customers/:id/sources/:id/verify`: the customer names the two deposits on a bank account. */
function verify(call: Call<Parsed<typeof verifyParams>>) {
  const { account, params } = call;
  const method = sourceIn(call);
  if (!method.us_bank_account) throw refused('id', 'Only bank accounts can be verified.');
  const facts = factsOf(account, method.id);
  if (facts.verified)
    throw refused(
      'id',
      'This bank account has already been verified.',
      'payment_method_bank_account_already_verified',
    );
  if (facts.unverifiable)
    throw refused(
      'id',
      'This bank account can no longer be verified: too many attempts failed. Add it again.',
      'bank_account_verification_failed',
    );
  const failure = verifyDeposits(account, method, params);
  if (failure) rememberFact(account, method.id, { unverifiable: true });
  const after = bankView(method, method.us_bank_account, factsOf(account, method.id));
  emit(account, 'customer.source.updated', after, { status: 'new' });
  if (failure)
    throw new StripeFault(
      400,
      { type: 'invalid_request_error', code: failure.code, message: failure.message },
      { keeps: true },
    );
  return after;
}

export const customerSourceResource: Resource = {
  routes: [
    route('POST', '/v1/customers/:customer/sources', { permission, params: createParams }, create),
    route('GET', '/v1/customers/:customer/sources', { permission, params: listParams }, (call) => {
      const { object: kind } = call.params;
      const shown = sourcesOf(call.account, owner(call).id).map((method) => viewOf(call.account, method));
      const wanted = kind === undefined ? shown : shown.filter(({ object: of }) => of === kind);
      return pageOfList(wanted, call.url, call.params, 'source');
    }),
    route('GET', '/v1/customers/:customer/sources/:id', { permission }, (call) =>
      viewOf(call.account, sourceIn(call)),
    ),
    route('POST', '/v1/customers/:customer/sources/:id', { permission, params: updateParams }, (call) =>
      changed(call.account, sourceIn(call), call.params),
    ),
    route('DELETE', '/v1/customers/:customer/sources/:id', { permission }, remove),
    route('POST', '/v1/customers/:customer/sources/:id/verify', { permission, params: verifyParams }, verify),
  ],
};
