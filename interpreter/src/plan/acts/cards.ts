import { plainText } from '../../answers/describe.ts';
import { choiceText } from '../../answers/failures.ts';
import { cardLabel } from '../../answers/objects.ts';
import { rowsAt, textAt } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import { type Act, asked, callTool, declined, type World } from '../act.ts';
import { askCustomer, failed, likelyCustomer } from '../references.ts';
import { nameFor, noCards } from './payments.ts';
import { write } from './write.ts';

/** Saves a published test card with a customer. */
export function* attachCard(request: Request, world: World): Act {
  if (request.slots.hiddenCard) return declined(noCards);
  if (!request.slots.card)
    return declined(
      'Give me one of Stripe’s published test cards (such as 4242 4242 4242 4242), and I save it in test mode. Real cards are entered by the customer on a Stripe page.',
    );
  const customer = likelyCustomer(request, world);
  if (!customer) return askCustomer(request, 'With which customer should I save the card?');
  return yield* write(
    'attach_test_payment_method',
    { customer, card: request.slots.card },
    () => `Saved the test card with ${plainText(nameFor(customer, world))}.`,
    request,
    world,
  );
}

export function* defaultCard(request: Request, world: World): Act {
  const customer = likelyCustomer(request, world);
  if (!customer) return askCustomer(request, 'Whose default payment method should I change?');
  const named = request.slots.ids?.find(({ object }) => object === 'payment_method')?.id;
  if (named) return yield* setDefault(request, world, customer, named);
  const listed = yield* callTool('list_customer_payment_methods', { customer });
  if (listed.status !== 'ok') return failed(listed, request);
  const others = rowsAt(listed.value, 'data').filter(
    (row) => row.default !== true && row.is_default !== true,
  );
  const digits = /\b(\d{4})\b/.exec(request.text)?.[1];
  const fitting = digits ? others.filter((row) => cardLabel(row).includes(digits)) : others;
  const only = textAt(fitting[0], 'id');
  if (fitting.length === 1 && only) return yield* setDefault(request, world, customer, only);
  if (fitting.length === 0)
    return declined('There is no other saved payment method that could become the default.');
  const candidates = fitting.map((row) => ({
    id: textAt(row, 'id') ?? '',
    label: `${cardLabel(row)}, \`${textAt(row, 'id') ?? ''}\``,
    handles: [textAt(row, 'id') ?? '', cardLabel(row).toLowerCase()],
  }));
  return asked(choiceText('Which card should become the default?', candidates), {
    about: 'object',
    object: 'payment_method',
    candidates,
    request,
  });
}

function* setDefault(request: Request, world: World, customer: string, method: string): Act {
  return yield* write(
    'set_default_payment_method',
    { customer, payment_method: method },
    () => 'Changed the default payment method.',
    request,
    world,
  );
}
