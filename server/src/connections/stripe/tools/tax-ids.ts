import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { isStripeError } from '../client.ts';
import { customerField } from '../fields.ts';
import { follow } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { type Desk, type Said, stripeWrite } from '../stripe-tool.ts';
import { customerNamed, customerRef, sealedWho, whoIs } from '../views/customers.ts';
import { taxIdView } from '../views/tax-ids.ts';

interface TaxNumber {
  readonly type: string;
  readonly value: string;
}

const plain = (value: string): string => value.replaceAll(/[\s.-]/g, '').toUpperCase();
const isSame = (one: TaxNumber, other: TaxNumber): boolean =>
  one.type === other.type && plain(one.value) === plain(other.value);

async function taxIdsOf(api: Stripe, customer: string): Promise<Stripe.TaxId[]> {
  return (await follow((page) => api.customers.listTaxIds(customer, page))).items;
}

const sealedTaxId = z.object({
  action: z.enum(['add', 'remove']),
  who: sealedWho,
  type: z.string(),
  value: z.string(),
  /** Of the one to remove. */
  id: z.string().optional(),
});
type Sealed = z.infer<typeof sealedTaxId>;

function done({ action, who, type, value, id }: Sealed, taxId: Stripe.TaxId | undefined): Said {
  const back = action === 'add' ? 'remove' : 'add';
  const did = action === 'add' ? 'Added' : 'Removed';
  return {
    view: taxId
      ? { object: 'tax_id', ...Object(taxIdView(taxId)) }
      : { object: 'tax_id', id: id ?? null, deleted: true },
    record: taxId ?? { id, deleted: true },
    summary: `${did} the tax id ${value} (${type}) ${action === 'add' ? 'to' : 'from'} ${customerNamed(who)}`,
    objects: [customerRef(who), ...(taxId ? [{ type: 'tax_id', id: taxId.id, label: value }] : [])],
    undo: {
      tool: 'manage_tax_ids',
      input: { action: back, customer: who.id, type, value },
      label: back === 'add' ? 'Add the tax id again' : 'Remove the tax id again',
    },
  };
}

function refused(code: string, message: string, next: string, taxIds: readonly Stripe.TaxId[]): ToolError {
  return new ToolError(code, message, { next, details: { tax_ids: taxIds.map(taxIdView) } });
}

/** A repeated DELETE carries no idempotency: that it is gone already counts as done. */
async function gone(deletion: Promise<unknown>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!isStripeError(error) || error.code !== 'resource_missing') throw error;
  }
}

/** The one to remove, or that there is none to add yet. @throws ToolError that names what there is */
function choose(
  input: { action: 'add' | 'remove'; type?: string | undefined; value: string },
  taxIds: readonly Stripe.TaxId[],
  who: string,
): { type: string; id?: string } {
  const { action, type, value } = input;
  const found = taxIds.find((one) => plain(one.value) === plain(value) && (!type || one.type === type));
  if (action === 'remove') {
    if (found) return { type: found.type, id: found.id };
    throw refused('not_found', `${who} has no tax id ${value}.`, 'Use one of theirs.', taxIds);
  }
  if (found)
    throw refused(
      'already_exists',
      `${who} has the tax id ${value} already.`,
      'Nothing needs to be done.',
      taxIds,
    );
  if (type) return { type };
  throw refused(
    'missing_input',
    'The kind of the tax id was not given.',
    'Ask which country it is of.',
    taxIds,
  );
}

/** Adds and removes what a customer's tax office calls them by. */
function manageTaxIds(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'manage_tax_ids',
    title: 'Change tax ids',
    description:
      'Adds a tax id (VAT number and the like) to a customer, or removes one; it is printed on later invoices. get_customer shows those there are.',
    effect: 'write',
    canUndo: 'yes; one that is added again is checked anew',
    input: z.strictObject({
      customer: customerField,
      action: z.enum(['add', 'remove']).describe('Whether to add or to remove it.'),
      value: z.string().min(2).max(60).describe('The number itself, such as "DE123456789".'),
      type: z
        .string()
        .regex(/^[a-z]{2}_[a-z_]+$/)
        .optional()
        .describe('Its kind, needed to add: "eu_vat", "gb_vat", "us_ein", "ch_vat", "au_abn" and so on.'),
    }),
    sealed: sealedTaxId,
    permissions: needs('customer:write'),
    words: {
      action: 'update',
      object: 'tax_id',
      synonyms: ['vat number', 'vat id', 'tax number', 'ein', 'add tax id', 'remove tax id'],
    },
    async plan(input, api) {
      const customer = await resolveCustomer(api, input.customer);
      const taxIds = await taxIdsOf(api, customer.id);
      const { type, id } = choose(input, taxIds, customerNamed(customer));
      const add = input.action === 'add';
      return {
        preview: {
          summary: `${add ? 'Add' : 'Remove'} the tax id ${input.value} (${type}) ${add ? 'to' : 'from'} ${customerNamed(customer)}`,
          facts: [{ label: 'Tax ids now', value: taxIds.map((one) => one.value).join(', ') || 'none' }],
          objects: [customerRef(customer)],
        },
        sealed: { action: input.action, who: whoIs(customer), type, value: input.value, id },
      };
    },
    async act(sealed, api, context) {
      const { who, id, type, value } = sealed;
      if (id !== undefined) {
        await gone(api.customers.deleteTaxId(who.id, id));
        return done(sealed, undefined);
      }
      const params = { type: type as Stripe.TaxIdCreateParams.Type, value };
      const options = { idempotencyKey: context.idempotencyKey(0) };
      return done(sealed, await api.customers.createTaxId(who.id, params, options));
    },
    async find(sealed, api) {
      // Tax ids take no mark. There was no such one when this was planned: one that is there now is this one.
      const taxIds = await taxIdsOf(api, sealed.who.id);
      const there = taxIds.find((one) => isSame(one, sealed));
      if (sealed.action === 'add') return there ? done(sealed, there) : null;
      return taxIds.some(({ id }) => id === sealed.id) ? null : done(sealed, undefined);
    },
  });
}

/** Tools about tax ids. */
export function taxIdTools(desk: Desk): Tool[] {
  return [manageTaxIds(desk)];
}
