import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { periodFor } from '../desk.ts';
import { countAllField, createdField, limitField, metadataField, textField } from '../fields.ts';
import { findMade, madeSince, mark } from '../marks.ts';
import { follow, type Listed, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { customersLike } from '../references/customers.ts';
import { type Desk, type Said, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { customerLabel, customerNamed, customerRef, customerRow, customerView } from '../views/customers.ts';
import { deleteCustomer } from './delete-customer.ts';
import { getCustomer } from './get-customer.ts';
import { updateCustomer } from './update-customer.ts';

function listCustomers(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_customers',
    title: 'List customers',
    description:
      'Customers, newest first, with name and e-mail. Filter by exact e-mail, by a part of the name or e-mail (query), or by when they were created. For "how many customers" set count_all. For one known customer use get_customer.',
    input: z.strictObject({
      email: z.string().max(320).optional().describe('Only customers with this e-mail address.'),
      query: textField('A part of the name or of the e-mail address.', 200).optional(),
      created: createdField.optional(),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('customer:read'),
    words: {
      action: 'list',
      object: 'customer',
      synonyms: ['client', 'buyer', 'subscriber', 'payer', 'people'],
    },
    async read(input, api) {
      const created = await periodFor(desk, api, input.created);
      const enough = input.count_all ? undefined : (input.limit ?? 10);
      const listed: Listed<Stripe.Customer> = input.query
        ? { items: await customersLike(api, input.query), complete: true }
        : await follow(
            (page) =>
              api.customers.list({
                ...page,
                ...(input.email && { email: input.email }),
                ...(created && { created }),
              }),
            { enough },
          );
      return {
        view: listView('customer', listed, customerRow, { limit: input.limit }),
        record: listed.items.slice(0, input.limit ?? 10),
        summary: listSummary(listed, 'customer'),
        objects: listed.items.slice(0, input.limit ?? 10).map(customerRef),
      };
    },
  });
}

async function refuseTwin(api: Stripe, email: string): Promise<void> {
  const twins = await api.customers.list({ email, limit: 10 });
  if (twins.data.length === 0) return;
  const who = twins.data.map(customerNamed).join(', ');
  throw new ToolError('already_exists', `There is already a customer with that e-mail: ${who}.`, {
    next: 'Use that one, or say that you want a second one.',
    details: { existing: twins.data.map(customerRow), second_one_with: { allow_duplicate: true } },
  });
}

const newCustomer = {
  name: textField('Full name of the person or company.', 256),
  email: z.email().max(512).describe('E-mail address.'),
  phone: textField('Phone number, as given.', 20),
  description: textField('A note about the customer, seen only in Stripe.', 350),
};

const sealedCustomer = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
  description: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
});

function created(customer: Stripe.Customer): Said {
  return {
    view: customerView(customer),
    record: customer,
    summary: `Created customer ${customerNamed(customer)}`,
    objects: [customerRef(customer)],
    undo: {
      tool: 'delete_customer',
      input: { customer: customer.id },
      label: `Delete customer ${customerLabel(customer)} again`,
    },
  };
}

function createCustomer(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'create_customer',
    title: 'Create customer',
    description:
      'Creates a customer. Give name or e-mail or both, exactly as the person wrote them. Refuses a second customer with the same e-mail unless allow_duplicate is true.',
    effect: 'write',
    canUndo: 'yes: the customer can be deleted',
    input: z
      .strictObject({
        name: newCustomer.name.optional(),
        email: newCustomer.email.optional(),
        phone: newCustomer.phone.optional(),
        description: newCustomer.description.optional(),
        metadata: metadataField.optional(),
        allow_duplicate: z
          .boolean()
          .optional()
          .describe('true only when the person wants a second customer with the same e-mail.'),
      })
      .refine((input) => input.name || input.email, 'A name or an e-mail is needed.'),
    sealed: sealedCustomer,
    permissions: needs('customer:write'),
    words: {
      action: 'create',
      object: 'customer',
      synonyms: ['client', 'buyer', 'add customer', 'register', 'sign up'],
    },
    async plan({ allow_duplicate: allowed, ...input }, api) {
      if (input.email && !allowed) await refuseTwin(api, input.email);
      const who = input.name ?? input.email ?? '';
      const facts = (['name', 'email', 'phone', 'description'] as const).flatMap((field) => {
        const value = input[field];
        return value
          ? [{ label: field === 'email' ? 'E-mail' : `${field[0]?.toUpperCase()}${field.slice(1)}`, value }]
          : [];
      });
      return { preview: { summary: `Create customer ${who}`, facts, objects: [] }, sealed: input };
    },
    async act(sealed, api, context) {
      const marked = { ...sealed, metadata: { ...sealed.metadata, ...mark(context).metadata } };
      const options = { idempotencyKey: context.idempotencyKey(0) };
      return created(await api.customers.create(marked, options));
    },
    async find({ email }, api, look) {
      const customer = await findMade(
        api.customers.list({ limit: 100, ...madeSince(look), ...(email && { email }) }),
        look,
      );
      return customer && created(customer);
    },
  });
}

/** Tools about who the customers are. */
export function customerTools(desk: Desk): Tool[] {
  return [
    listCustomers(desk),
    getCustomer(desk),
    createCustomer(desk),
    updateCustomer(desk),
    deleteCustomer(desk),
  ];
}
