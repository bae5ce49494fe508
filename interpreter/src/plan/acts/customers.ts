import { customerLabel, kindName, plainText } from '../../answers/describe.ts';
import type { JsonObject } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import { type Act, asked, declined, type World } from '../act.ts';
import { askCustomer, customerRef, idRef, likelyCustomer, productRef } from '../references.ts';
import { cancelSubscription } from './billing.ts';
import { write } from './write.ts';

const who = (value: JsonObject) => customerLabel(value);

export function* createCustomer(request: Request, world: World): Act {
  const { slots } = request;
  const said = slots.newName ?? slots.customers?.find(({ by }) => by === 'name')?.text;
  // "name Lena Vogt / email …": neither the label nor the stroke is part of it.
  const name = said?.replace(/^name:? +/i, '').replace(/[ /|,;-]+$/, '');
  const email = slots.newEmail ?? slots.customers?.find(({ by }) => by === 'email')?.text;
  if (!name && !email)
    return asked('What is the name or e-mail of the new customer?', {
      about: 'text',
      slot: 'newName',
      request,
    });
  const { metadata } = slots;
  const input = { name, email, phone: slots.phone, description: slots.description, metadata };
  const made = yield* write(
    'create_customer',
    input,
    (value) => `Created the customer ${who(value)}.`,
    request,
    world,
  );
  const customer = world.focus.id('customer');
  if (made.status !== 'done' || !slots.address || !customer) return made;
  const placed = yield* write(
    'update_customer',
    { customer, address: { ...slots.address } },
    () => 'The address is saved.',
    request,
    world,
  );
  return { ...placed, text: `${made.text}\n\n${placed.text}` };
}

export function* updateCustomer(request: Request, world: World): Act {
  const { slots } = request;
  const customer = likelyCustomer(request, world) ?? (slots.customers ? undefined : world.focus.customer());
  const changes = {
    name: slots.newName,
    email: slots.newEmail,
    phone: slots.phone,
    description: slots.description,
    address: slots.address && { ...slots.address },
    metadata: slots.metadata,
  };
  if (!customer) return askCustomer(request, 'Which customer should I change?');
  if (Object.values(changes).every((value) => value === undefined)) return askChange(request, customer);
  return yield* write(
    'update_customer',
    { customer, ...changes },
    (value) => `Updated ${who(value)}.`,
    request,
    world,
  );
}

function askChange(request: Request, customer: string) {
  const fields = [
    ['phone', /\bphone|\bmobile|\bnumber/i],
    ['newEmail', /\be-?mail/i],
    ['description', /\bdescription|\bnote/i],
    ['newName', /\bname\b|\brename/i],
  ] as const;
  const [slot] = fields.find(([, pattern]) => pattern.test(request.text)) ?? ['newName' as const];
  const label = { phone: 'phone number', newEmail: 'e-mail', description: 'description', newName: 'name' }[
    slot
  ];
  const known = fields.some(([, pattern]) => pattern.test(request.text));
  if (!known)
    return declined(
      `What should I change for ${plainText(customer)}: name, e-mail, phone or description, and to what?`,
    );
  return asked(`What is the new ${label} of ${plainText(customer)}?`, { about: 'text', slot, request });
}

/** Deletes what can be deleted, and offers what comes closest where Stripe keeps things for good. */
export function* remove(request: Request, world: World): Act {
  const { object, slots } = request;
  if (slots.marks?.has('all') && !slots.customers && !slots.ids && !slots.product) {
    return declined(
      `I do not delete all ${kindName(object || 'customer', true)} at once. Name the ones to delete, one by one.`,
    );
  }
  if (object === 'subscription') return yield* cancelSubscription({ ...request, intent: 'cancel' }, world);
  if (object === 'product' || object === 'price') return archiveInstead(request, world);
  if (object !== 'customer' && object !== '')
    return declined(
      `A ${kindName(object)} cannot be deleted here. Customers can be deleted, products archived, subscriptions and unpaid payments cancelled, invoices voided.`,
    );
  // "Remove it" is the customer only where the conversation was about nothing else since.
  const newest = world.focus.newestOfAll();
  const meant = object === 'customer' || newest === undefined || newest.object === 'customer';
  if (!slots.customers && !slots.ids && slots.pronoun !== 'person' && !meant)
    return declined(
      `I deleted nothing, because I am not sure whether you mean the ${kindName(newest.object)} spoken of last. Name what should go; "undo that" sets the last change back.`,
    );
  const customer =
    customerRef(request, world) ?? (slots.pronoun ? idRef(request, ['customer'], world)?.id : undefined);
  if (!customer) return askCustomer(request, 'Which customer should I delete?');
  return yield* write(
    'delete_customer',
    { customer },
    () => `Deleted the customer ${plainText(customer)}.`,
    request,
    world,
  );
}

function archiveInstead(request: Request, world: World) {
  const product = productRef(request, world);
  const archiving: Request = { ...request, intent: 'archive' };
  if (!product) return asked('Which product do you mean?', { about: 'product', request: archiving });
  return asked(
    `A product that has prices cannot be deleted in Stripe, only archived, which takes it off sale. Should I archive "${plainText(product)}"?`,
    { about: 'confirm', request: archiving },
  );
}
