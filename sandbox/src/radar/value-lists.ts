import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import { type Call, declare, found, listed, type Resource, referred, refused, route } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { datedPageParams, pageOf } from '../wire/pages.ts';
import { applyMetadata, metadata, oneOf, type Parsed, required, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';

type Item = Wire<Stripe.Radar.ValueListItem>;
const valueListItems: CollectionSpec<Item, 'value_list'> = {
  name: 'radar_value_list_items',
  indexes: { value_list: (item) => item.value_list },
};
/** A list as stored: without its items. */
type ValueList = Omit<Wire<Stripe.Radar.ValueList>, 'list_items'>;
const valueLists: CollectionSpec<ValueList, 'alias'> = {
  name: 'radar_value_lists',
  indexes: { alias: (list) => list.alias },
};

/** Stripe's limit on the items of one list. */
const mostItems = 50_000;

/** How a value of each kind must look. */
const shapes = {
  account: /^acct_\w+$/,
  card_bin: /^\d{6}$/,
  card_fingerprint: /^\w+$/,
  case_sensitive_string: /\S/,
  country: /^[A-Za-z]{2}$/,
  crypto_fingerprint: /^\w+$/,
  customer_id: /^cus_\w+$/,
  email: /^[^\s@]+@[^\s@]+$/,
  ip_address: /^[\da-fA-F.:/]+$/,
  sepa_debit_fingerprint: /^\w+$/,
  string: /\S/,
  us_bank_account_fingerprint: /^\w+$/,
} as const;
type ItemType = keyof typeof shapes;
const itemTypes = Object.keys(shapes) as ItemType[];

const createParams = {
  alias: required(text(100)),
  item_type: oneOf(...itemTypes),
  metadata: metadata(),
  name: required(text(100)),
} as const;
const updateParams = { alias: text(100), metadata: metadata(), name: text(100) } as const;
const listParams = { ...datedPageParams, alias: text(100), contains: text(800) } as const;
const itemParams = { value: required(text(800)), value_list: required(text()) } as const;
const itemListParams = { ...datedPageParams, value: text(800), value_list: required(text()) } as const;

const permission = 'radar_value_list';

/** A list as it is answered: with its newest items. */
function shown(account: Account, list: ValueList): Wire<Stripe.Radar.ValueList> {
  const url = `/v1/radar/value_list_items?value_list=${list.id}`;
  const where = { index: 'value_list', key: list.id };
  return { ...list, list_items: pageOf(account.of(valueListItems), url, {}, where) };
}

function named(call: Call<unknown>): ValueList {
  return found(call, valueLists, 'list', 'value_list');
}

function requireFreeAlias(account: Account, alias: string, id?: string): void {
  if (
    account
      .of(valueLists)
      .by('alias', alias)
      .some((list) => list.id !== id)
  )
    throw refused('alias', `A list already exists with alias ${alias}.`, 'resource_already_exists');
}

function create({ account, params }: Call<Parsed<typeof createParams>>) {
  requireFreeAlias(account, params.alias);
  const list: ValueList = {
    id: newId('rsl', 24),
    object: 'radar.value_list',
    alias: params.alias,
    created: account.now(),
    created_by: 'api',
    item_type: params.item_type ?? 'string',
    livemode: account.livemode,
    metadata: applyMetadata({}, params.metadata),
    name: params.name,
  };
  return shown(account, account.of(valueLists).put(list));
}

function change(call: Call<Parsed<typeof updateParams>>) {
  const { account, params } = call;
  const list = named(call);
  if (params.alias !== undefined) requireFreeAlias(account, params.alias, list.id);
  const next: ValueList = {
    ...list,
    alias: params.alias ?? list.alias,
    metadata: applyMetadata(list.metadata, params.metadata),
    name: params.name ?? list.name,
  };
  return shown(account, account.of(valueLists).put(next));
}

function remove(call: Call<unknown>) {
  const { id, object } = named(call);
  for (const item of call.account.of(valueListItems).by('value_list', id))
    call.account.of(valueListItems).delete(item.id);
  call.account.of(valueLists).delete(id);
  return { id, object, deleted: true } as const;
}

function addItem({ account, params }: Call<Parsed<typeof itemParams>>): Item {
  const list = referred(account, valueLists, 'list', params.value_list, 'value_list');
  const type = itemTypes.find((name) => name === list.item_type) ?? 'string';
  if (!shapes[type].test(params.value))
    throw refused('value', `The value is not a valid ${type.replaceAll('_', ' ')}: ${params.value}`);
  const isExact = type === 'case_sensitive_string' || type === 'customer_id' || type === 'account';
  const value = isExact ? params.value : params.value.toLowerCase();
  const items = account.of(valueListItems).by('value_list', list.id);
  if (items.some((item) => item.value === value))
    throw refused('value', `The value ${value} is already in the list.`, 'resource_already_exists');
  if (items.length >= mostItems) throw refused('value_list', `A list can have up to ${mostItems} items.`);
  return account.of(valueListItems).put({
    id: newId('rsli', 24),
    object: 'radar.value_list_item',
    created: account.now(),
    created_by: 'api',
    livemode: account.livemode,
    value,
    value_list: list.id,
  });
}

function item(call: Call<unknown>): Item {
  return found(call, valueListItems, 'list item', 'item');
}

export const valueListResource: Resource = {
  collections: [declare(valueLists), declare(valueListItems)],
  routes: [
    route('POST', '/v1/radar/value_lists', { permission, params: createParams }, create),
    route('GET', '/v1/radar/value_lists', { permission, params: listParams }, (call) => {
      const { alias, contains } = call.params;
      const holds = (list: ValueList) =>
        call.account
          .of(valueListItems)
          .by('value_list', list.id)
          .some(({ value }) => value === contains?.toLowerCase() || value === contains);
      const page = listed(call, valueLists, {
        ...(alias === undefined ? {} : { index: 'alias', key: alias }),
        where: (list) => contains === undefined || holds(list),
      });
      return { ...page, data: page.data.map((list) => shown(call.account, list)) };
    }),
    route('GET', '/v1/radar/value_lists/:value_list', { permission }, (call) =>
      shown(call.account, named(call)),
    ),
    route('POST', '/v1/radar/value_lists/:value_list', { permission, params: updateParams }, change),
    route('DELETE', '/v1/radar/value_lists/:value_list', { permission }, remove),
    route('POST', '/v1/radar/value_list_items', { permission, params: itemParams }, addItem),
    route('GET', '/v1/radar/value_list_items', { permission, params: itemListParams }, (call) => {
      const { value, value_list: id } = call.params;
      referred(call.account, valueLists, 'list', id, 'value_list');
      return listed(call, valueListItems, {
        index: 'value_list',
        key: id,
        where: (one) => value === undefined || one.value === value,
      });
    }),
    route('GET', '/v1/radar/value_list_items/:item', { permission }, item),
    route('DELETE', '/v1/radar/value_list_items/:item', { permission }, (call) => {
      const { id, object } = item(call);
      call.account.of(valueListItems).delete(id);
      return { id, object, deleted: true } as const;
    }),
  ],
};
