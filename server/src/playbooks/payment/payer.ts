import type Stripe from 'stripe';
import { languagesOf } from '../mail-texts.ts';
import type { Surroundings } from '../playbook.ts';

export interface Payer {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly languages: readonly string[];
  /** Saved cards in the order they are tried: the default first, then the one that was saved last. */
  readonly methods: readonly { readonly id: string; readonly label: string }[];
}

/** @returns null for a customer who was deleted. @throws ToolError */
export async function readPayer(
  { read, now }: Pick<Surroundings, 'read' | 'now'>,
  id: string,
  mostCards: number,
): Promise<Payer | null> {
  return read(async (api) => {
    const customer = await api.customers.retrieve(id);
    if (customer.deleted) return null;
    const { data } = await api.customers.listPaymentMethods(id, { limit: 100 });
    const standard = idOf(customer.invoice_settings.default_payment_method);
    const first = data.filter((method) => method.id === standard);
    const others = data.filter((method) => method.id !== standard && isUsable(method, now));
    return {
      ...{
        id,
        name: customer.name ?? null,
        email: customer.email,
        languages: languagesOf(customer.preferred_locales),
      },
      methods: [...first, ...others]
        .slice(0, mostCards)
        .map((method) => ({ id: method.id, label: labelOf(method) })),
    };
  });
}

const idOf = (value: string | { id: string } | null | undefined) =>
  typeof value === 'string' ? value : value?.id;

/** A card that can be charged without its owner, and has not run out. */
function isUsable({ type, card }: Stripe.PaymentMethod, now: Date): boolean {
  if (type !== 'card' || !card) return false;
  return Date.UTC(card.exp_year, card.exp_month, 1) > now.getTime();
}

const labelOf = ({ type, card }: Stripe.PaymentMethod) =>
  card ? `${card.brand} ending in ${card.last4}` : type;
