import {
  emptyable,
  integer,
  list,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
} from '../wire/params.ts';
import { cardholderControls } from './spending-controls.ts';

/** An address to which cards can be sent and bills be made out. */
export const wholeAddress = object({
  city: required(text()),
  country: required(text(2)),
  line1: required(text()),
  line2: text(),
  postal_code: required(text()),
  state: text(),
});

const common = {
  company: object({ tax_id: text() }),
  email: text(),
  individual: object({
    card_issuing: object({
      user_terms_acceptance: object({ date: integer(0), ip: text(), user_agent: emptyable(text()) }),
    }),
    dob: object({
      day: required(integer(1, 31)),
      month: required(integer(1, 12)),
      year: required(integer(1900, 2100)),
    }),
    first_name: text(),
    last_name: text(),
    verification: object({ document: object({ back: text(), front: text() }) }),
  }),
  metadata: metadata(),
  phone_number: text(50),
  preferred_locales: list(oneOf('de', 'en', 'es', 'fr', 'it'), 5),
  spending_controls: cardholderControls,
  status: oneOf('active', 'inactive'),
} as const;

export const createCardholderParams = {
  ...common,
  billing: required(object({ address: required(wholeAddress) })),
  name: required(text(24)),
  type: oneOf('company', 'individual'),
} as const;
export const updateCardholderParams = {
  ...common,
  billing: object({ address: required(wholeAddress) }),
} as const;

export type CardholderWish = Parsed<typeof createCardholderParams>;
export type CardholderChange = Parsed<typeof updateCardholderParams>;
