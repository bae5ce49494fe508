import type Stripe from 'stripe';
import type { Json } from '../../../tools/tool.ts';
import { compact } from './shape.ts';

/** `eu_vat DE123456789` and whether the tax office knows it. */
export function taxIdView(taxId: Stripe.TaxId): Json {
  return compact({
    id: taxId.id,
    type: taxId.type,
    value: taxId.value,
    country: taxId.country,
    verification: taxId.verification?.status,
  });
}
