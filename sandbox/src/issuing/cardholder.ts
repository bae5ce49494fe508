import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { addressOf } from '../addresses.ts';
import { create, update } from '../events.ts';
import { newId } from '../ids.ts';
import { given, referred, refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { applyMetadata } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import type { CardholderChange, CardholderWish } from './cardholder-params.ts';
import { requireIssuer } from './issuer.ts';
import { controlsAfter, noControls } from './spending-controls.ts';

// active ⇄ inactive, as asked. What is past due keeps cards from being activated and purchases from being approved.

export type Cardholder = Wire<Stripe.Issuing.Cardholder>;
type Individual = NonNullable<Cardholder['individual']>;
type PastDue = NonNullable<Cardholder['requirements']['past_due']>[number];

export const cardholders: CollectionSpec<Cardholder> = { name: 'issuing_cardholders', indexes: {} };

export function createCardholder(account: Account, wish: CardholderWish): Cardholder {
  requireIssuer(account);
  const { company, individual, type = 'individual' } = wish;
  if (type === 'company' && individual)
    throw refused('individual', 'You cannot pass `individual` for a cardholder of type `company`.');
  const cardholder: Cardholder = {
    id: newId('ich', 24),
    object: 'issuing.cardholder',
    billing: { address: addressOf(wish.billing.address) },
    company: company ? { tax_id_provided: company.tax_id !== undefined } : null,
    created: account.now(),
    email: wish.email ?? null,
    individual: individual ? individualAfter(null, individual) : null,
    livemode: account.livemode,
    metadata: applyMetadata({}, wish.metadata),
    name: wish.name,
    phone_number: wish.phone_number ?? null,
    preferred_locales: wish.preferred_locales ?? null,
    requirements: { disabled_reason: null, past_due: [] },
    spending_controls: controlsAfter(noControls, wish.spending_controls, 'usd'),
    status: wish.status ?? 'active',
    type,
  };
  return create(account, cardholders, withRequirements(cardholder), 'issuing_cardholder.created');
}

export function updateCardholder(account: Account, before: Cardholder, change: CardholderChange): Cardholder {
  const { billing, company, individual, metadata, spending_controls: controls, ...rest } = change;
  const after: Cardholder = {
    ...before,
    ...given(rest),
    billing: billing ? { address: addressOf(billing.address) } : before.billing,
    company: company
      ? { tax_id_provided: company.tax_id !== undefined || before.company?.tax_id_provided === true }
      : before.company,
    individual: individual ? individualAfter(before.individual, individual) : before.individual,
    metadata: applyMetadata(before.metadata, metadata),
    spending_controls: controlsAfter(before.spending_controls ?? noControls, controls, 'usd'),
  };
  return update(account, cardholders, withRequirements(after), 'issuing_cardholder.updated');
}

/** The cardholder a parameter names. */
export function namedCardholder(account: Account, id: string): Cardholder {
  return referred(account, cardholders, 'cardholder', id, 'cardholder');
}

/** Whether nothing keeps this cardholder's cards from being used. */
export function isVerified({ requirements }: Cardholder): boolean {
  return requirements.disabled_reason === null;
}

function individualAfter(
  before: Individual | null,
  change: NonNullable<CardholderChange['individual']>,
): Individual {
  const { card_issuing: issuing, dob, verification } = change;
  const terms = issuing?.user_terms_acceptance;
  const document = verification?.document;
  return {
    card_issuing: terms
      ? { user_terms_acceptance: { date: null, ip: null, user_agent: null, ...terms } }
      : (before?.card_issuing ?? null),
    dob: dob ?? before?.dob ?? null,
    first_name: change.first_name ?? before?.first_name ?? null,
    last_name: change.last_name ?? before?.last_name ?? null,
    verification: document
      ? { document: { back: document.back ?? null, front: document.front ?? null } }
      : (before?.verification ?? null),
  };
}

/** What is asked of a person before a card of theirs may be used; nothing of a company. */
function withRequirements(cardholder: Cardholder): Cardholder {
  const { individual, type } = cardholder;
  const terms = individual?.card_issuing?.user_terms_acceptance;
  const needed: readonly (readonly [PastDue, unknown])[] = [
    ['individual.card_issuing.user_terms_acceptance.date', terms?.date],
    ['individual.card_issuing.user_terms_acceptance.ip', terms?.ip],
    ['individual.first_name', individual?.first_name],
    ['individual.last_name', individual?.last_name],
  ];
  const missing = needed.filter(([, value]) => value === undefined || value === null).map(([name]) => name);
  const past_due = type === 'individual' ? missing : [];
  const disabled_reason = past_due.length > 0 ? 'requirements.past_due' : null;
  return { ...cardholder, requirements: { disabled_reason, past_due } };
}
