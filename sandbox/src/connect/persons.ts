import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { addressFields, addressOf } from '../addresses.ts';
import { newId } from '../ids.ts';
import { given, refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import {
  applyMetadata,
  boolean,
  emptyable,
  integer,
  list,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  unsettableText,
} from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { requireDocument } from './documents.ts';
import { judgePerson } from './verification.ts';

/** The people of a connected account, kept with it. An account of an individual has exactly one. */
export const persons: CollectionSpec<Wire<Stripe.Person> | Stripe.DeletedPerson> = {
  name: 'persons',
  indexes: {},
};

const japaneseAddress = emptyable(object({ ...addressFields, town: unsettableText() }));
const documentFields = object({ back: text(), front: text() });

export const personFields = {
  address: object(addressFields),
  address_kana: japaneseAddress,
  address_kanji: japaneseAddress,
  dob: emptyable(
    object({ day: required(integer(1, 31)), month: required(integer(1, 12)), year: required(integer(1900)) }),
  ),
  email: unsettableText(800),
  first_name: unsettableText(100),
  first_name_kana: unsettableText(),
  first_name_kanji: unsettableText(),
  full_name_aliases: emptyable(list(text(300), 100)),
  gender: unsettableText(20),
  id_number: text(50),
  id_number_secondary: text(50),
  last_name: unsettableText(100),
  last_name_kana: unsettableText(),
  last_name_kanji: unsettableText(),
  maiden_name: unsettableText(),
  metadata: metadata(),
  nationality: unsettableText(2),
  phone: unsettableText(50),
  political_exposure: oneOf('existing', 'none'),
  registered_address: object(addressFields),
  relationship: object({
    authorizer: boolean(),
    director: boolean(),
    executive: boolean(),
    legal_guardian: boolean(),
    owner: boolean(),
    percent_ownership: emptyable(integer(0, 100)),
    representative: boolean(),
    title: text(),
  }),
  ssn_last_4: text(20),
  verification: object({ additional_document: documentFields, document: documentFields }),
} as const;
export type PersonParams = Parsed<typeof personFields>;

export function peopleOf(account: Account): Wire<Stripe.Person>[] {
  return [...account.of(persons).oldestFirst()].filter((person) => !person.deleted);
}

export function newPerson(account: Account): Wire<Stripe.Person> {
  return {
    id: newId('person', 24),
    object: 'person',
    account: account.id,
    address: addressOf({}),
    created: account.now(),
    dob: { day: null, month: null, year: null },
    email: null,
    first_name: null,
    id_number_provided: false,
    last_name: null,
    metadata: {},
    phone: null,
    relationship: noRelationship,
    ssn_last_4_provided: false,
    verification: {
      additional_document: noDocument,
      details: null,
      details_code: null,
      document: noDocument,
      status: 'unverified',
    },
  };
}

const noDocument = { back: null, details: null, details_code: null, front: null };
const noRelationship: Wire<Stripe.Person.Relationship> = {
  authorizer: false,
  director: false,
  executive: false,
  legal_guardian: false,
  owner: false,
  percent_ownership: null,
  representative: false,
  title: null,
};

/** The person after the changes a request asks for, verified anew. Numbers are judged and then forgotten. */
export function changedPerson(
  account: Account,
  before: Wire<Stripe.Person>,
  params: PersonParams,
): Wire<Stripe.Person> {
  const {
    address,
    registered_address: registered,
    address_kana: kana,
    address_kanji: kanji,
    dob,
    full_name_aliases: aliases,
    id_number: idNumber,
    id_number_secondary: secondary,
    metadata: meta,
    relationship,
    ssn_last_4: ssn,
    verification,
    ...plain
  } = params;
  requireDocument(account, verification?.document, 'verification[document]');
  requireDocument(account, verification?.additional_document, 'verification[additional_document]');
  if (ssn !== undefined && !/^\d{4}$/.test(ssn))
    throw refused('ssn_last_4', 'The last four digits of a social security number must be four digits.');
  const next: Wire<Stripe.Person> = {
    ...before,
    ...given(plain),
    ...(address ? { address: { ...addressOf(before.address ?? {}), ...given(address) } } : {}),
    ...(registered ? { registered_address: addressOf(given(registered)) } : {}),
    ...(kana === undefined ? {} : { address_kana: kana && { town: null, ...addressOf({}), ...given(kana) } }),
    ...(kanji === undefined
      ? {}
      : { address_kanji: kanji && { town: null, ...addressOf({}), ...given(kanji) } }),
    ...(dob === undefined ? {} : { dob: dob ?? { day: null, month: null, year: null } }),
    ...(aliases === undefined ? {} : { full_name_aliases: aliases ?? [] }),
    ...(secondary === undefined ? {} : { id_number_secondary_provided: true }),
    id_number_provided: before.id_number_provided || idNumber !== undefined,
    ssn_last_4_provided: before.ssn_last_4_provided || ssn !== undefined || idNumber !== undefined,
    metadata: applyMetadata(before.metadata ?? {}, meta),
    relationship: { ...noRelationship, ...before.relationship, ...given(relationship ?? {}) },
  };
  return { ...next, verification: verificationOf(before, next, idNumber, verification) };
}

function verificationOf(
  before: Wire<Stripe.Person>,
  next: Wire<Stripe.Person>,
  idNumber: string | undefined,
  params: PersonParams['verification'],
): Wire<Stripe.Person.Verification> {
  const kept = before.verification?.document ?? noDocument;
  const document = { ...kept, ...given(params?.document ?? {}) };
  const front = typeof document.front === 'string' ? document.front : null;
  const judged = judgePerson({
    isKnown: Boolean(next.first_name && next.last_name && next.dob?.year && next.address?.line1),
    idNumber,
    line1: next.address?.line1,
    document: front,
    before: before.verification,
  });
  const additional = { ...noDocument, ...before.verification?.additional_document };
  return {
    ...judged,
    additional_document: { ...additional, ...given(params?.additional_document ?? {}) },
    document: {
      ...document,
      details_code: judged.details_code?.startsWith('document_') ? judged.details_code : null,
    },
  };
}
