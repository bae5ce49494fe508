/** For tests: Intuit's tokens and QuickBooks Online's Accounting API as far as the tools use them: paths, faults, request ids. */
import { randomBytes } from 'node:crypto';
import type { Json } from '../../tools/tool.ts';
import { type Peer, type PeerAnswer, type PeerRequest, startPeer } from '../testing-peer.ts';

interface StoredLine {
  Amount: number;
  JournalEntryLineDetail: { PostingType: 'Debit' | 'Credit'; AccountRef: { value: string } };
}
export interface StoredEntry {
  Id: string;
  SyncToken: string;
  DocNumber: string;
  TxnDate: string;
  PrivateNote: string;
  CurrencyRef: { value: string };
  Line: StoredLine[];
}

export interface FakeQuickbooks extends Peer {
  readonly credentials: {
    realmId: string;
    environment: string;
    clientId: string;
    clientSecret: string;
    refreshToken: string;
  };
  readonly entries: StoredEntry[];
  readonly accounts: {
    Id: string;
    Name: string;
    FullyQualifiedName: string;
    AcctNum?: string;
    AccountType: string;
  }[];
  /** Tokens given out so far. */
  renewals(): number;
  /** Takes every access token back before its time. */
  endAccess(): void;
  /** Takes the consent back: no refresh token is good any more. */
  disconnect(): void;
  /** The next entry is made and the answer lost. */
  loseNext(): void;
  keepsMany: boolean;
}

const realmId = '9130355377388383';
const secret = (prefix: string) => `${prefix}${randomBytes(20).toString('hex')}`;

const fault = (status: number, Message: string, Detail: string, code: string, type: string): PeerAnswer => ({
  status,
  headers: { intuit_tid: '1-5f0-tid' },
  body: { Fault: { Error: [{ Message, Detail, code }], type }, time: '2026-04-01T00:00:00.000Z' },
});

export async function fakeQuickbooks(): Promise<FakeQuickbooks> {
  const credentials = {
    ...{ realmId, environment: 'production', clientId: 'ABclientclientclientclient01' },
    ...{ clientSecret: secret('S'), refreshToken: secret('RT1-') },
  };
  const state = {
    refresh: credentials.refreshToken,
    access: new Set<string>(),
    renewals: 0,
    isLost: false,
    ids: 100,
    made: new Map<string, StoredEntry>(),
  };
  const entries: StoredEntry[] = [];
  const accounts: FakeQuickbooks['accounts'] = [
    'Stripe Clearing',
    'Stripe Receivables',
    'Stripe Tax Payable',
    'Stripe Sales',
    'Stripe Fees',
  ].map((Name, n) => ({
    ...{ Id: String(n + 1), Name, FullyQualifiedName: Name, AccountType: 'Other Current Asset' },
  }));

  function tokens({ headers, body }: PeerRequest): PeerAnswer {
    const { clientId, clientSecret } = credentials;
    const expected = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    if (headers.authorization !== expected) return { status: 401, body: { error: 'invalid_client' } };
    if (body.grant_type !== 'refresh_token' || body.refresh_token !== state.refresh)
      return {
        status: 400,
        body: { error: 'invalid_grant', error_description: 'Incorrect or invalid refresh token' },
      };
    const access = secret('eyJ');
    state.access.add(access);
    state.refresh = secret('RT1-');
    state.renewals += 1;
    return {
      body: {
        ...{ token_type: 'bearer', access_token: access, expires_in: 3_600 },
        ...{ refresh_token: state.refresh, x_refresh_token_expires_in: 8_726_400 },
      },
    };
  }

  function create({ body, query }: PeerRequest): PeerAnswer {
    const requestId = query.get('requestid') ?? '';
    const known = state.made.get(requestId);
    if (known) return { body: { JournalEntry: known } };
    const asked = body as unknown as Omit<StoredEntry, 'Id' | 'SyncToken'>;
    const unknown = asked.Line.find(
      ({ JournalEntryLineDetail: { AccountRef } }) => !accounts.some(({ Id }) => Id === AccountRef.value),
    );
    if (unknown)
      return fault(
        400,
        'Invalid Reference Id',
        'Invalid Reference Id : Accounts element id not found',
        '2500',
        'ValidationFault',
      );
    const cents = asked.Line.reduce(
      (sum, { Amount, JournalEntryLineDetail: { PostingType } }) =>
        sum + Math.round(Amount * 100) * (PostingType === 'Debit' ? 1 : -1),
      0,
    );
    if (cents !== 0)
      return fault(
        400,
        'A business validation error has occurred',
        'Business Validation Error: Please balance debits and credits.',
        '6000',
        'ValidationFault',
      );
    if (asked.DocNumber.length > 21)
      return fault(
        400,
        'String length is either shorter or longer than supported',
        'Max:21',
        '2050',
        'ValidationFault',
      );
    state.ids += 1;
    const made = { ...asked, Id: String(state.ids), SyncToken: '0' };
    entries.push(made);
    if (requestId) state.made.set(requestId, made);
    return { body: { JournalEntry: made } };
  }

  function remove({ body }: PeerRequest): PeerAnswer {
    const at = entries.findIndex(({ Id }) => Id === body.Id);
    if (at < 0)
      return fault(
        400,
        'Object Not Found',
        'Object Not Found : Something you are trying to use has been made inactive.',
        '610',
        'ValidationFault',
      );
    if (entries[at]?.SyncToken !== body.SyncToken)
      return fault(
        400,
        'Stale Object Error',
        'Stale Object Error : You and somebody else were working on this at the same time.',
        '5010',
        'ValidationFault',
      );
    entries.splice(at, 1);
    return { body: { JournalEntry: { Id: body.Id as Json, status: 'Deleted', domain: 'QBO' } } };
  }

  function queried(text: string): PeerAnswer {
    if (/^select \* from Account /.test(text)) return { body: { QueryResponse: { Account: accounts } } };
    const number = /where DocNumber = '([^']+)'$/.exec(text)?.[1];
    const [, from = '', to = ''] = /TxnDate >= '([\d-]+)' and TxnDate <= '([\d-]+)'/.exec(text) ?? [];
    const found = entries.filter(({ DocNumber, TxnDate }) =>
      number ? DocNumber === number : TxnDate >= from && TxnDate <= to,
    );
    // QuickBooks leaves the list out where there is nothing.
    return { body: { QueryResponse: found.length > 0 ? { JournalEntry: found } : {} } };
  }

  const peer = await startPeer((request) => {
    const { path, query, method, headers } = request;
    if (path === '/oauth2/v1/tokens/bearer') return tokens(request);
    if (!state.access.has(headers.authorization?.replace('Bearer ', '') ?? ''))
      return fault(
        401,
        'message=AuthenticationFailed; errorCode=003200; statusCode=401',
        'Token expired',
        '3200',
        'AUTHENTICATION',
      );
    const rest = path.replace(`/v3/company/${realmId}/`, '');
    if (rest === `companyinfo/${realmId}`) return { body: { CompanyInfo: { CompanyName: 'Acme Books' } } };
    if (rest === 'preferences')
      return {
        body: {
          Preferences: {
            CurrencyPrefs: { MultiCurrencyEnabled: fake.keepsMany, HomeCurrency: { value: 'USD' } },
          },
        },
      };
    if (rest === 'query') return queried(query.get('query') ?? '');
    if (rest === 'journalentry' && method === 'POST') {
      const answer = query.get('operation') === 'delete' ? remove(request) : create(request);
      if (!state.isLost) return answer;
      state.isLost = false;
      return { hangUp: true };
    }
    const found = entries.find(({ Id }) => rest === `journalentry/${Id}`);
    return found
      ? { body: { JournalEntry: found } }
      : fault(400, 'Object Not Found', `Object Not Found : ${rest}`, '610', 'ValidationFault');
  });
  const fake: FakeQuickbooks = {
    ...{ ...peer, credentials, entries, accounts, keepsMany: false },
    renewals: () => state.renewals,
    endAccess: () => state.access.clear(),
    disconnect() {
      state.access.clear();
      state.refresh = '';
    },
    loseNext() {
      state.isLost = true;
    },
  };
  return fake;
}
