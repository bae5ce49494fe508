import type Stripe from 'stripe';
import { type Resource, route } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { pageOfList, pageParams } from '../wire/pages.ts';
import { param, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { taxCodeNames } from './code-names.ts';

const codes = Object.entries(taxCodeNames).map(
  ([id, [name, description]]): Wire<Stripe.TaxCode> => ({
    id,
    object: 'tax_code',
    description,
    name,
    requirements: null,
  }),
);

/** A tax code that something is to have: any that is made like one, since there are more than are listed here. */
export const taxCodeParam = param((value, path) => {
  const code = text().parse(value, path);
  if (!/^txcd_\d{8}$/.test(code)) throw noSuch('tax code', code, path);
  return code;
});

/** A tax code as expanding shows it; the id alone where it is not one of those listed. */
export function taxCode(id: string | null | undefined): unknown {
  return codes.find((code) => code.id === id) ?? id ?? null;
}

const permission = 'tax_code';

/** `/v1/tax_codes`. */
export const taxCodeResource: Resource = {
  routes: [
    route('GET', '/v1/tax_codes/:id', { permission }, (call) => {
      const code = codes.find(({ id }) => id === call.id());
      if (!code) throw noSuch('tax code', call.id(), 'id');
      return code;
    }),
    route('GET', '/v1/tax_codes', { permission, params: pageParams }, (call) =>
      pageOfList(codes, call.url, call.params, 'tax code'),
    ),
  ],
};
