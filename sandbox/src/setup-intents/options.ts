import { freeForm } from '../payment-intents/options.ts';
import { methodType, methodTypeNames } from '../payment-methods/types.ts';
import { boolean, emptyable, type Fields, list, object, oneOf, type Parsed, text } from '../wire/params.ts';
import type { SetupIntent } from './setup-intent.ts';

const cardFields = {
  mandate_options: freeForm,
  moto: boolean(),
  network: text(30),
  request_three_d_secure: oneOf('any', 'automatic', 'challenge'),
  setup_credential_usage: oneOf('installment', 'recurring', 'unscheduled'),
  three_d_secure: freeForm,
} as const;
/** What the other kinds of methods may be told; each understands some of it. */
const otherFields = {
  billing_agreement_id: text(128),
  code: text(6),
  currency: text(3),
  financial_connections: object({
    filters: object({ account_subcategories: list(text(20), 5) }),
    permissions: list(text(20), 10),
    prefetch: list(text(20), 10),
    return_url: text(),
  }),
  mandate_options: freeForm,
  networks: object({ requested: list(text(20), 5) }),
  persistent_token: text(),
  preferred_locale: text(10),
  verification_method: oneOf('automatic', 'instant', 'microdeposits'),
} as const;

const otherTypes: Fields = Object.fromEntries(
  methodTypeNames
    .filter((name) => name !== 'card' && methodType(name)?.keeps)
    .map((name) => [name, emptyable(object(otherFields))]),
);
function withOtherTypes<const F extends Fields>(fields: F): F {
  return { ...otherTypes, ...fields };
}
/** `payment_method_options` as setup intents take it. */
export const optionFields = object(withOtherTypes({ card: emptyable(object(cardFields)) }));
export type OptionChanges = Parsed<{ o: typeof optionFields }>['o'];
type Options = SetupIntent['payment_method_options'];

/** What Stripe shows for a kind of method while nothing was asked for. */
const shown: Readonly<Record<string, object>> = {
  acss_debit: { currency: 'cad', verification_method: 'automatic' },
  card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' },
  klarna: { currency: null, preferred_locale: null },
  link: { persistent_token: null },
  paypal: { billing_agreement_id: null },
  us_bank_account: { verification_method: 'automatic' },
};

/** What says how a method is saved, and is not shown. */
const unshown: ReadonlySet<string> = new Set(['moto', 'three_d_secure', 'code']);

/** The options of the kinds that can be saved, after a change; '' puts a kind back to what it was without options. */
export function optionsAfter(before: Options, change: OptionChanges, types: readonly string[]): Options {
  const given: Readonly<Record<string, object | null>> = change ?? {};
  const had: Readonly<Record<string, object>> = { ...before };
  const entries = [...new Set([...types, ...Object.keys(had), ...Object.keys(given)])]
    .filter((type) => type in shown || type in given || type in had)
    .map((type): [string, object] => {
      const kept = given[type] === null ? {} : (had[type] ?? {});
      const wanted = Object.entries(given[type] ?? {}).filter(
        ([name, value]) => value !== undefined && !unshown.has(name),
      );
      return [type, { ...shown[type], ...kept, ...Object.fromEntries(wanted) }];
    });
  return Object.fromEntries(entries);
}
