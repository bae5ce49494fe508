import type Stripe from 'stripe';
import type { Wire } from '../wire/shapes.ts';
import { valueAt } from '../wire/value-at.ts';
import { failedChecks, personFailure } from './verification.ts';

type RequirementError = Wire<Stripe.Account.Requirements.Error>;

/** All that is known about an account when Stripe asks what is still missing. */
export interface Known {
  readonly account: Wire<Stripe.Account>;
  /** The individual, or the people of the company. */
  readonly persons: readonly Wire<Stripe.Person>[];
  /** What came of checking the company's tax id, which itself is not kept. */
  readonly taxIdFailure: RequirementError | null;
}

/** What an account is for: taking card payments, or only receiving transfers. */
export type Purpose = 'payments' | 'transfers';

/** What is missing, as Stripe names it, in alphabetical order, and why where something given was found wrong. */
export interface Missing {
  readonly fields: readonly string[];
  readonly errors: readonly RequirementError[];
}

const birth = ['dob.day', 'dob.month', 'dob.year'];
const name = ['first_name', 'last_name'];
const address = ['address.city', 'address.line1', 'address.postal_code'];

/** What Stripe needs before an account can do what it is for. A bank account comes on top, for payouts. */
export function missingFor(known: Known, purpose: Purpose): Missing {
  const { account } = known;
  const isRecipient = account.tos_acceptance?.service_agreement === 'recipient';
  const own = [
    ...(purpose === 'payments' ? ['business_profile.mcc'] : []),
    ...(isRecipient ? [] : ['business_profile.url']),
    ...(account.business_type ? [] : ['business_type']),
    ...(account.country === 'US' && purpose === 'payments' ? ['settings.payments.statement_descriptor'] : []),
    'tos_acceptance.date',
    'tos_acceptance.ip',
  ].filter((field) => !isGiven(account, field));
  const people = account.business_type === 'individual' ? individual : company;
  const rest = people(known, purpose);
  const errors = [
    ...failedChecks(account),
    ...(known.taxIdFailure ? [known.taxIdFailure] : []),
    ...rest.errors,
  ];
  const fields = new Set([...own, ...rest.fields, ...errors.map((error) => error.requirement)]);
  return { fields: [...fields].sort(), errors };
}

/** What is missing about one person, without the person's own prefix. */
export function missingOf(person: Wire<Stripe.Person>, known: Known, purpose: Purpose): Missing {
  const isUs = known.account.country === 'US';
  const wanted = [
    ...name,
    ...birth,
    ...address,
    ...(isUs ? ['address.state', 'ssn_last_4'] : []),
    ...(purpose === 'payments' ? ['email', 'phone'] : []),
    ...(person.relationship?.representative && known.account.business_type !== 'individual'
      ? ['relationship.title']
      : []),
  ];
  const failure = personFailure(person);
  return {
    fields: [
      ...wanted.filter((field) => !isGiven(person, field)),
      ...(failure ? ['verification.document'] : []),
    ],
    errors: failure ? [failure] : [],
  };
}

function individual(known: Known, purpose: Purpose): Missing {
  const person = known.persons[0] ?? emptyPerson;
  return prefixed('individual', missingOf(person, known, purpose));
}

function company(known: Known, purpose: Purpose): Missing {
  const { account, persons } = known;
  const isCompany = account.business_type === 'company';
  const isUs = account.country === 'US';
  const own = account.business_type
    ? [
        'company.name',
        'company.tax_id',
        ...address.map((part) => `company.${part}`),
        ...(isUs ? ['company.address.state'] : []),
        ...(purpose === 'payments' ? ['company.phone'] : []),
        ...(isCompany && purpose === 'payments' ? ['company.owners_provided'] : []),
        ...(isCompany && purpose === 'payments' && !isUs
          ? ['company.directors_provided', 'company.executives_provided']
          : []),
      ].filter((field) => !isGiven(account, field))
    : [];
  const representative = persons.find((person) => person.relationship?.representative);
  const people = [
    representative
      ? prefixed(representative.id, missingOf(representative, known, purpose))
      : prefixed('representative', {
          fields: account.business_type
            ? missingOf(someRepresentative, known, purpose).fields
            : [...birth, ...name, 'email'],
          errors: [],
        }),
    ...persons.filter((person) => isAskedAbout(person)).map(ownerMissing),
  ];
  const noOwner = isCompany && purpose === 'payments' && isUs && !account.company?.owners_provided;
  const owners = noOwner && !persons.some((person) => person.relationship?.owner) ? ownerFields : [];
  return {
    fields: [...own, ...owners, ...people.flatMap((missing) => missing.fields)],
    errors: people.flatMap((missing) => missing.errors),
  };
}

const ownerFields = ['owners.email', 'owners.first_name', 'owners.last_name'];

/** Owners, directors and executives who do not also represent the company owe their name and e-mail. */
function isAskedAbout(person: Wire<Stripe.Person>): boolean {
  const { relationship } = person;
  return Boolean(
    relationship &&
      !relationship.representative &&
      (relationship.owner || relationship.director || relationship.executive),
  );
}

function ownerMissing(person: Wire<Stripe.Person>): Missing {
  const failure = personFailure(person);
  const wanted = [...name, 'email'].filter((field) => !isGiven(person, field));
  return prefixed(person.id, {
    fields: [...wanted, ...(failure ? ['verification.document'] : [])],
    errors: failure ? [failure] : [],
  });
}

function prefixed(prefix: string, { fields, errors }: Missing): Missing {
  return {
    fields: fields.map((field) => `${prefix}.${field}`),
    errors: errors.map((error) => ({ ...error, requirement: `${prefix}.${error.requirement}` })),
  };
}

function isGiven(object: Wire<Stripe.Account> | Wire<Stripe.Person>, field: string): boolean {
  if (object.object === 'account') {
    if (field === 'business_profile.url')
      return Boolean(object.business_profile?.url || object.business_profile?.product_description);
    if (field === 'company.tax_id') return object.company?.tax_id_provided === true;
  } else if (field === 'ssn_last_4')
    return object.ssn_last_4_provided === true || object.id_number_provided === true;
  const value = valueAt(object, field.split('.'));
  return value !== undefined && value !== null && value !== '' && value !== false;
}

const emptyPerson: Wire<Stripe.Person> = { id: '', object: 'person', account: '', created: 0 };
const someRepresentative: Wire<Stripe.Person> = {
  ...emptyPerson,
  relationship: {
    authorizer: null,
    director: null,
    executive: null,
    legal_guardian: null,
    owner: null,
    percent_ownership: null,
    representative: true,
    title: null,
  },
};
