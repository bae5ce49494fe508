import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

let now = Date.UTC(2026, 0, 1) / 1000;
const sandbox = createSandbox({ clock: { now: () => now * 1000 } });
afterAll(() => sandbox.close());

let accounts = 0;
async function shop() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_taxids${accounts++}`, { httpClient, maxNetworkRetries: 0 });
  const customer = (await stripe.customers.create({ name: 'Ann' })).id;
  const add = (type: Stripe.TaxIdCreateParams.Type, value: string) =>
    stripe.customers.createTaxId(customer, { type, value });
  return { stripe, customer, add };
}

describe('a customer’s tax id', () => {
  test.each([
    ['DE000000000', 'verified'],
    ['000000000', 'verified'],
    ['FR111111111', 'unverified'],
    ['222222222', 'pending'],
    ['DE123456789', 'unavailable'],
  ])('%s is pending at first and comes out %s', async (value, outcome) => {
    const { stripe, customer, add } = await shop();
    const made = await add('eu_vat', value);
    expect(made).toMatchObject({
      id: expect.stringMatching(/^txi_/),
      object: 'tax_id',
      customer,
      owner: { type: 'customer', customer },
      type: 'eu_vat',
      value,
      verification: { status: 'pending', verified_address: null, verified_name: null },
    });
    now += 2;
    const found = await stripe.customers.retrieveTaxId(customer, made.id);
    expect(found.verification?.status).toBe(outcome);
    const told = (await stripe.events.list({ type: 'customer.tax_id.updated' })).data;
    expect(told.map(({ data }) => data.previous_attributes)).toEqual(
      outcome === 'pending' ? [] : [{ verification: { status: 'pending' } }],
    );
  });

  test('has the country it is of', async () => {
    const { add } = await shop();
    const countries = [
      ['eu_vat', 'EL123456789', 'GR'],
      ['eu_vat', 'XI123456789', 'GB'],
      ['us_ein', '12-3456789', 'US'],
      ['ch_vat', 'CHE-123.456.789 MWST', 'CH'],
      ['eu_oss_vat', 'EU123456789', null],
    ] as const;
    for (const [type, value, country] of countries) expect(await add(type, value)).toMatchObject({ country });
  });

  test('is refused when its kind cannot have such a value, when there are five, and when the kind is unknown', async () => {
    const { stripe, customer, add } = await shop();
    const wrong = [
      ['eu_vat', 'DE123'],
      ['eu_vat', 'US123456789'],
      ['gb_vat', '123456789'],
      ['us_ein', '123'],
      ['al_tin', '--'],
    ] as const;
    for (const [type, value] of wrong)
      await expect(add(type, value)).rejects.toMatchObject({
        code: 'tax_id_invalid',
        param: 'value',
        message: `Invalid value for ${type}.`,
      });
    await expect(add('de_something', '1')).rejects.toMatchObject({ param: 'type' });
    for (let count = 0; count < 5; count++) await add('al_tin', `J1234567${count}N`);
    await expect(add('al_tin', 'J12345679N')).rejects.toThrow('at most 5 tax IDs');
    expect((await stripe.customers.listTaxIds(customer)).data).toHaveLength(5);
  });

  test('can come with the customer, is seen by expanding, and goes with them', async () => {
    const { stripe } = await shop();
    const made = await stripe.customers.create({
      name: 'Bob',
      tax_id_data: [{ type: 'us_ein', value: '12-3456789' }],
      expand: ['tax_ids'],
    });
    expect(made.tax_ids).toMatchObject({
      object: 'list',
      data: [{ value: '12-3456789', verification: { status: 'unavailable' } }],
      url: `/v1/customers/${made.id}/tax_ids`,
    });
    const [id] = made.tax_ids?.data ?? [];
    if (!id) throw new Error('no tax id');
    expect(await stripe.taxIds.retrieve(id.id, { expand: ['customer'] })).toMatchObject({
      customer: { name: 'Bob' },
    });
    await stripe.customers.del(made.id);
    await expect(stripe.taxIds.retrieve(id.id)).rejects.toMatchObject({ statusCode: 404 });
    await expect(
      stripe.customers.create({ tax_id_data: [{ type: 'us_ein', value: 'x' }] }),
    ).rejects.toMatchObject({ code: 'tax_id_invalid', param: 'tax_id_data[0][value]' });
  });

  test('belongs to one customer and can be deleted', async () => {
    const { stripe, customer, add } = await shop();
    const { id } = await add('us_ein', '123456789');
    const other = (await stripe.customers.create({ name: 'Bob' })).id;
    await expect(stripe.customers.retrieveTaxId(other, id)).rejects.toMatchObject({ statusCode: 404 });
    await expect(stripe.customers.deleteTaxId(other, id)).rejects.toMatchObject({ statusCode: 404 });
    expect(await stripe.customers.deleteTaxId(customer, id)).toMatchObject({ id, deleted: true });
    expect((await stripe.customers.listTaxIds(customer)).data).toEqual([]);
    const { data } = await stripe.events.list({
      types: ['customer.tax_id.created', 'customer.tax_id.deleted'],
    });
    expect(data.map(({ type }) => type)).toEqual(['customer.tax_id.deleted', 'customer.tax_id.created']);
  });

  test('is on their invoices as it is until those are final', async () => {
    const { stripe, customer, add } = await shop();
    await add('eu_vat', 'DE123456789');
    const { id: draft } = await stripe.invoices.create({ customer });
    const shown = async () => (await stripe.invoices.retrieve(draft)).customer_tax_ids;
    expect(await shown()).toEqual([{ type: 'eu_vat', value: 'DE123456789' }]);
    const second = await add('us_ein', '12-3456789');
    const both = [
      { type: 'eu_vat', value: 'DE123456789' },
      { type: 'us_ein', value: '12-3456789' },
    ];
    expect(await shown()).toEqual(both);
    await stripe.invoiceItems.create({ customer, invoice: draft, amount: 500, currency: 'usd' });
    await stripe.invoices.finalizeInvoice(draft);
    await stripe.customers.deleteTaxId(customer, second.id);
    expect(await shown()).toEqual(both);
  });
});

describe('the account’s own tax ids', () => {
  test('are apart from customers’, not verified, and can be put on invoices', async () => {
    const { stripe, customer, add } = await shop();
    const theirs = await add('us_ein', '12-3456789');
    const own = await stripe.taxIds.create({ type: 'eu_vat', value: 'DE123456789' });
    expect(own).toMatchObject({ customer: null, owner: { type: 'self' }, verification: null });
    expect((await stripe.taxIds.list()).data).toMatchObject([{ id: own.id }]);
    const owner = { type: 'customer', customer } as const;
    expect((await stripe.taxIds.list({ owner })).data).toMatchObject([{ id: theirs.id }]);
    const named = await stripe.taxIds.create({ type: 'us_ein', value: '98-7654321', owner });
    expect(named.customer).toBe(customer);

    const invoice = await stripe.invoices.create({ customer, account_tax_ids: [own.id] });
    expect(invoice.account_tax_ids).toEqual([own.id]);
    const expanded = await stripe.invoices.retrieve(invoice.id ?? '', { expand: ['account_tax_ids'] });
    expect(expanded.account_tax_ids).toMatchObject([{ value: 'DE123456789' }]);
    for (const id of ['txi_none', theirs.id])
      await expect(stripe.invoices.create({ customer, account_tax_ids: [id] })).rejects.toMatchObject({
        code: 'resource_missing',
        param: 'account_tax_ids',
      });
    expect(await stripe.taxIds.del(own.id)).toMatchObject({ deleted: true });
  });
});

describe('tax codes', () => {
  test('are listed page by page and found by id; products take others that are made like one', async () => {
    const { stripe } = await shop();
    const ids: string[] = [];
    for await (const code of stripe.taxCodes.list({ limit: 20 })) ids.push(code.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(50);
    expect(await stripe.taxCodes.retrieve('txcd_10103001')).toMatchObject({
      object: 'tax_code',
      name: 'Software as a service (SaaS) - business use',
    });
    await expect(stripe.taxCodes.retrieve('txcd_12345678')).rejects.toMatchObject({ statusCode: 404 });
    const product = await stripe.products.create({ name: 'Hats', tax_code: 'txcd_30060006' });
    expect(product.tax_code).toBe('txcd_30060006');
    await expect(stripe.products.create({ name: 'Hats', tax_code: 'hats' })).rejects.toMatchObject({
      code: 'resource_missing',
      param: 'tax_code',
    });
  });
});
