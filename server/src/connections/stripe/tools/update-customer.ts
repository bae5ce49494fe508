import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import { z } from 'zod';
import type { Tool } from '../../../tools/tool.ts';
import { customerField } from '../fields.ts';
import { mark, wasChanged } from '../marks.ts';
import { needs } from '../permissions.ts';
import { customerById, resolveCustomer } from '../references/customers.ts';
import { type Desk, type Said, stripeWrite } from '../stripe-tool.ts';
import { customerNamed, customerRef, customerView } from '../views/customers.ts';

const contactFields = ['name', 'email', 'phone', 'description', 'tax_exempt'] as const;
const addressLines = ['line1', 'line2', 'city', 'state', 'postal_code', 'country'] as const;

const addressOf = z.partialRecord(z.enum(addressLines), z.string());
/** A part of a customer, as text: the empty text stands for nothing there. */
const part = z.object({
  contact: z.partialRecord(z.enum(contactFields), z.string()),
  /** The whole address; Stripe replaces it as one. */
  address: addressOf.optional(),
  metadata: z.record(z.string(), z.string()),
});
type Part = z.infer<typeof part>;

const sealedChange = z.object({ id: z.string(), change: part, before: part });

/** What the customer has in the places that a change names. */
function asIs(customer: Stripe.Customer, { contact, address, metadata }: Part): Part {
  const has = contactFields.filter((field) => contact[field] !== undefined);
  return {
    contact: Object.fromEntries(has.map((field) => [field, customer[field] ?? ''])),
    ...(address && { address: addressIn(customer.address) }),
    metadata: Object.fromEntries(Object.keys(metadata).map((key) => [key, customer.metadata[key] ?? ''])),
  };
}

function addressIn(address: Stripe.Address | null | undefined): z.infer<typeof addressOf> {
  const lines = addressLines.map((line) => [line, address?.[line] ?? ''] as const);
  return Object.fromEntries(lines.filter(([, value]) => value !== ''));
}

/** A change as this tool is called with it. */
function asInput({ contact, address, metadata }: Part): {
  [key: string]: string | { [key: string]: string };
} {
  return {
    ...contact,
    ...(address && { address }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
}

/** A change as Stripe takes it. Lines that an address does not have are emptied, or they would stay. */
function asParams({ contact, address, metadata }: Part): Stripe.CustomerUpdateParams {
  const { tax_exempt: exempt, ...rest } = contact;
  const whole = address && Object.fromEntries(addressLines.map((line) => [line, address[line] ?? '']));
  return {
    ...rest,
    ...(exempt !== undefined && {
      tax_exempt: exempt === 'exempt' || exempt === 'reverse' ? exempt : 'none',
    }),
    ...(address && { address: Object.keys(address).length > 0 ? whole : '' }),
    metadata,
  };
}

const labels: Readonly<Record<string, string>> = { email: 'E-mail', tax_exempt: 'Tax' };
const labelOf = (field: string): string =>
  labels[field] ?? `${field[0]?.toUpperCase()}${field.slice(1).replaceAll('_', ' ')}`;

function factsOf(before: Part, change: Part): { label: string; value: string }[] {
  const words = (value: string | undefined): string => value || 'none';
  const said = (address: Part['address']): string => Object.values(address ?? {}).join(', ') || 'none';
  return [
    ...Object.entries(change.contact).map(([field, value]) => ({
      label: labelOf(field),
      value: `${words(before.contact[field as (typeof contactFields)[number]])} → ${words(value)}`,
    })),
    ...(change.address
      ? [{ label: 'Address', value: `${said(before.address)} → ${said(change.address)}` }]
      : []),
    ...Object.entries(change.metadata).map(([key, value]) => ({
      label: `Metadata ${key}`,
      value: `${words(before.metadata[key])} → ${words(value)}`,
    })),
  ];
}

const fieldsOf = ({ contact, address, metadata }: Part): string =>
  [
    ...Object.keys(contact).map((field) => field.replaceAll('_', ' ')),
    ...(address ? ['address'] : []),
    ...Object.keys(metadata).map((key) => `metadata ${key}`),
  ].join(', ');

function changed(customer: Stripe.Customer, { id, change, before }: z.infer<typeof sealedChange>): Said {
  const fields = fieldsOf(change);
  return {
    view: customerView(customer),
    record: customer,
    summary: `Changed ${fields} of ${customerNamed(customer)}`,
    objects: [customerRef(customer)],
    undo: {
      tool: 'update_customer',
      input: { customer: id, ...asInput(before) },
      label: `Set ${fields} back to what it was`,
    },
  };
}

const change = (what: string, max: number) =>
  z.string().max(max).optional().describe(`${what} An empty text removes it.`);
const line = (what: string) => z.string().min(1).max(200).optional().describe(what);

const updateInput = z
  .strictObject({
    customer: customerField,
    name: change('The new name.', 256),
    email: z
      .union([z.email().max(512), z.literal('')])
      .optional()
      .describe('The new e-mail address. An empty text removes it.'),
    phone: change('The new phone number, as given.', 20),
    description: change('The new note about the customer.', 350),
    tax_exempt: z
      .enum(['none', 'exempt', 'reverse'])
      .optional()
      .describe(
        'Whether invoices carry tax: "none" they do, "exempt" they do not, "reverse" reverse charge.',
      ),
    address: z
      .strictObject({
        line1: line('Street and number.'),
        line2: line('Further line.'),
        city: line('City.'),
        state: line('State or province.'),
        postal_code: line('Postal code.'),
        country: z.string().length(2).optional().describe('Two-letter country code: "US", "DE".'),
      })
      .optional()
      .describe('The whole new address: it replaces the one there. An empty object removes it.'),
    metadata: z
      .record(z.string().min(1).max(40), z.string().max(500))
      .refine((given) => !('purser_op' in given), '"purser_op" is kept by Purser.')
      .optional()
      .describe('Further facts by key; keys not given stay. An empty text removes the key.'),
  })
  .refine(({ customer: _, ...given }) => Object.keys(given).length > 0, 'Nothing to change was given.');

/** Changes what is known of a customer. */
export function updateCustomer(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'update_customer',
    title: 'Update customer',
    description:
      'Changes contact data, address, tax status or metadata of one customer; fields not given stay as they are. For the default payment method use set_default_payment_method, for tax ids manage_tax_ids.',
    effect: 'write',
    canUndo: 'yes',
    input: updateInput,
    sealed: sealedChange,
    permissions: needs('customer:write'),
    words: {
      action: 'update',
      object: 'customer',
      synonyms: ['change', 'edit', 'rename', 'phone number', 'contact', 'address'],
    },
    async plan({ customer: reference, address, metadata = {}, ...contact }, api) {
      const customer = await resolveCustomer(api, reference);
      const wanted: Part = { contact, ...(address && { address }), metadata };
      const before = asIs(customer, wanted);
      return {
        preview: {
          summary: `Change ${fieldsOf(wanted)} of ${customerNamed(customer)}`,
          facts: factsOf(before, wanted),
          objects: [customerRef(customer)],
        },
        sealed: { id: customer.id, change: wanted, before },
      };
    },
    async act(sealed, api, context) {
      const params = asParams(sealed.change);
      const metadata = { ...sealed.change.metadata, ...mark(context).metadata };
      const options = { idempotencyKey: context.idempotencyKey(0) };
      return changed(await api.customers.update(sealed.id, { ...params, metadata }, options), sealed);
    },
    async find(sealed, api, look) {
      const customer = await customerById(api, sealed.id);
      const now = asIs(customer, sealed.change);
      const is = {
        asWanted: isDeepStrictEqual(now, sealed.change),
        asBefore: isDeepStrictEqual(now, sealed.before),
      };
      return wasChanged(customer, look, is) ? changed(customer, sealed) : null;
    },
  });
}
