import type {
  Invitation,
  OwnAccount,
  Person,
  Security,
  SignedInBrowser,
  SignInOffer,
} from '@purser/server/api';
import { ago, minute } from './fake-data.ts';
import { found, page, type Route } from './fake-route.ts';

const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * minute).toISOString();

const offer: SignInOffer = { passkeys: { rpId: 'localhost' }, provider: { name: 'Harbor SSO' } };

const account: OwnAccount = {
  ...{ name: 'Ada Marsh', email: 'ada@harbor.example', role: 'owner', hasPassword: true, hasCodes: true },
  ...{ recoveryCodesLeft: 8, hasProvider: false },
  passkeys: [{ id: 'pk_1', name: 'iPhone', createdAt: ago(40_000) }],
};

function person(id: string, values: Partial<Person>): Person {
  return {
    ...{ id, name: 'Ada Marsh', email: 'ada@harbor.example', role: 'owner', hasSecondFactor: true },
    ...{ seenAt: ago(2), createdAt: ago(90_000) },
    ...values,
  };
}

const people = [
  person('usr_1', {}),
  person('usr_2', {
    name: 'نور الهدى',
    email: 'nour@harbor.example',
    role: 'approver',
    hasSecondFactor: false,
  }),
  person('usr_3', {
    name: 'A person whose name goes on and on so that no row could ever hold all of it at once',
    email: 'somebody-with-a-very-long-address@accounting.harbor-and-pine.example',
    ...{ role: 'viewer', seenAt: null },
  }),
];

const invitation: Invitation = {
  ...{ id: 'inv_1', email: 'jo@harbor.example', role: 'operator', invitedBy: 'Ada Marsh' },
  ...{ createdAt: ago(30), expiresAt: inDays(3) },
};

function session(id: string, values: Partial<SignedInBrowser>): SignedInBrowser {
  return {
    ...{ id, personId: 'usr_1', personName: 'Ada Marsh', method: 'passkey', address: '203.0.113.7' },
    userAgent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0 Safari/537.36',
    ...{ createdAt: ago(600), seenAt: ago(1), expiresAt: inDays(6), current: true },
    ...values,
  };
}

const sessions = [
  session('ses_1', {}),
  session('ses_2', {
    ...{ method: 'code', address: '2001:db8::7:1', seenAt: ago(4_000), current: false },
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Mobile Safari/604.1',
  }),
];

const security: Security = {
  requireSecondFactor: false,
  askAgainAbove: [
    { amount: '500.00', currency: 'usd' },
    { amount: '450.00', currency: 'eur' },
  ],
};

export const peopleRoutes: Route[] = [
  ['GET', /^\/sign-in$/, () => found(offer)],
  ['GET', /^\/account$/, () => found(account)],
  ['GET', /^\/people$/, () => page(people)],
  ['GET', /^\/invitations$/, () => page([invitation])],
  ['GET', /^\/sessions$/, () => page(sessions)],
  ['GET', /^\/security$/, () => found(security)],
  [
    'POST',
    /^\/invitations$/,
    () => ({ status: 201, body: { ...invitation, sent: false, link: 'https://purser.example/join#4fZk' } }),
  ],
];
