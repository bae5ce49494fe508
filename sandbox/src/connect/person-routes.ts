import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { create, emit, update } from '../events.ts';
import { type Call, declare, type Resource, refused, route } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { pageOf, pageParams } from '../wire/pages.ts';
import { boolean, object, unsupported } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { changedPerson, newPerson, peopleOf, personFields, persons } from './persons.ts';
import { connectedIn } from './routes.ts';
import { settle } from './standing.ts';

const permission = 'accounts_kyc_basic';
const fields = {
  ...personFields,
  additional_tos_acceptances: unsupported(),
  documents: unsupported(),
  person_token: unsupported(),
  us_cfpb_data: unsupported(),
} as const;
const roles = object({
  authorizer: boolean(),
  director: boolean(),
  executive: boolean(),
  legal_guardian: boolean(),
  owner: boolean(),
  representative: boolean(),
});

type StoredPerson = Wire<Stripe.Person> | Stripe.DeletedPerson;

function personIn(call: Call<unknown>, account: Account): Wire<Stripe.Person> {
  const person = account.of(persons).get(call.id('person'));
  if (!person || person.deleted) throw noSuch('person', call.id('person'), 'id');
  return person;
}

/** The person as it stands once the account has taken note of a change. */
function settled(account: Account, person: Wire<Stripe.Person>): Wire<Stripe.Person> {
  settle(account, accountObject(account));
  const now = account.of(persons).get(person.id);
  return now && !now.deleted ? now : person;
}

/** A company has one representative; an individual is the account's only person. */
function requireRoom(account: Account, person: Wire<Stripe.Person>): void {
  const others = peopleOf(account).filter((other) => other.id !== person.id);
  if (accountObject(account).business_type === 'individual' && others.length > 0)
    throw refused('business_type', 'Accounts of individuals have exactly one person, which is `individual`.');
  if (person.relationship?.representative && others.some((other) => other.relationship?.representative))
    throw refused(
      'relationship[representative]',
      'This account already has a representative. There can be only one: update that person instead.',
    );
}

export const personResource: Resource = {
  collections: [declare(persons)],
  routes: [
    route('POST', '/v1/accounts/:id/persons', { permission, params: fields }, (call) => {
      const account = connectedIn(call);
      const person = changedPerson(account, newPerson(account), call.params);
      requireRoom(account, person);
      create<StoredPerson>(account, persons, person, 'person.created');
      return settled(account, person);
    }),
    route(
      'GET',
      '/v1/accounts/:id/persons',
      { permission, params: { ...pageParams, relationship: roles } },
      (call) => {
        const wanted = Object.entries(call.params.relationship ?? {});
        return pageOf(connectedIn(call).of(persons), call.url, call.params, {
          where: (person) =>
            wanted.every(
              ([role, is]) =>
                new Map<string, unknown>(Object.entries(person.relationship ?? {})).get(role) === is,
            ),
        });
      },
    ),
    route('GET', '/v1/accounts/:id/persons/:person', { permission }, (call) =>
      personIn(call, connectedIn(call)),
    ),
    route('POST', '/v1/accounts/:id/persons/:person', { permission, params: fields }, (call) => {
      const account = connectedIn(call);
      const person = changedPerson(account, personIn(call, account), call.params);
      requireRoom(account, person);
      update<StoredPerson>(account, persons, person, 'person.updated');
      return settled(account, person);
    }),
    route('DELETE', '/v1/accounts/:id/persons/:person', { permission }, (call) => {
      const account = connectedIn(call);
      const person = personIn(call, account);
      if (accountObject(account).business_type === 'individual')
        throw refused('id', 'The person of an individual account cannot be deleted.');
      const deleted: Stripe.DeletedPerson = { id: person.id, object: 'person', deleted: true };
      account.of(persons).put(deleted);
      emit(account, 'person.deleted', person);
      settle(account, accountObject(account));
      return deleted;
    }),
  ],
};
