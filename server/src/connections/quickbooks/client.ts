/**
 * QuickBooks Online's Accounting API, version 3, by a small typed fetch: the libraries there are speak in callbacks, without
 * types, over an HTTP client that is no longer kept, for the five calls that are needed (decision 26).
 */
import { z } from 'zod';
import type { ConnectionTarget, Credentials } from '../connection.ts';
import { credentialForm } from '../credential-fields.ts';
import { QuickbooksError, timeoutMs } from './errors.ts';
import { createTokens } from './tokens.ts';

/** https://developer.intuit.com, minor versions: what answers look like from then on. */
const minorVersion = '75';
const mostRows = 1_000;

export const quickbooksForm = credentialForm('QuickBooks', [
  {
    name: 'realmId',
    label: 'Company ID',
    secret: false,
    placeholder: '9130355377388383',
    help: 'In QuickBooks under Settings, Additional info; the playground shows it as Realm ID.',
    pattern: { source: '[0-9]{6,25}', message: 'A company ID has only digits.' },
  },
  {
    name: 'environment',
    label: 'Company',
    secret: false,
    placeholder: '',
    help: 'A sandbox company has an address of its own.',
    kind: 'choice',
    options: [
      { value: 'production', label: 'A real company' },
      { value: 'sandbox', label: 'A sandbox company' },
    ],
  },
  {
    name: 'clientId',
    label: 'Client ID',
    secret: false,
    placeholder: 'ABq…',
    help: 'Of your app at developer.intuit.com, Keys & credentials.',
    pattern: { source: '[A-Za-z0-9]{20,100}', message: 'A client ID has only letters and digits.' },
  },
  {
    name: 'clientSecret',
    label: 'Client secret',
    secret: true,
    placeholder: '',
    help: 'Of the same app, from the same page.',
    pattern: { source: '[A-Za-z0-9]{20,100}', message: 'A client secret has only letters and digits.' },
  },
  {
    name: 'refreshToken',
    label: 'Refresh token',
    secret: true,
    placeholder: 'RT1-…',
    help: 'From the OAuth 2.0 playground at developer.intuit.com, with the scope com.intuit.quickbooks.accounting. Purser renews it from then on.',
    pattern: { source: '[A-Za-z0-9._-]{20,4000}', message: 'A refresh token is one word.' },
  },
]);

const company = z.object({ CompanyName: z.string(), Country: z.string().optional() });
const accountSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  FullyQualifiedName: z.string(),
  AcctNum: z.string().optional(),
  AccountType: z.string(),
  CurrencyRef: z.object({ value: z.string() }).optional(),
});
export type LedgerAccount = z.infer<typeof accountSchema>;

const lineSchema = z.object({
  Amount: z.number(),
  Description: z.string().optional(),
  JournalEntryLineDetail: z
    .object({
      PostingType: z.enum(['Debit', 'Credit']),
      AccountRef: z.object({ value: z.string(), name: z.string().optional() }),
    })
    .optional(),
});
const entrySchema = z.object({
  Id: z.string(),
  SyncToken: z.string(),
  DocNumber: z.string().optional(),
  TxnDate: z.string(),
  PrivateNote: z.string().optional(),
  CurrencyRef: z.object({ value: z.string() }).optional(),
  TotalAmt: z.number().optional(),
  Line: z.array(lineSchema).default([]),
});
export type JournalEntry = z.infer<typeof entrySchema>;

export interface NewEntry {
  readonly DocNumber: string;
  readonly TxnDate: string;
  readonly PrivateNote: string;
  readonly CurrencyRef: { readonly value: string };
  readonly Line: readonly {
    readonly Amount: number;
    readonly Description: string;
    readonly DetailType: 'JournalEntryLineDetail';
    readonly JournalEntryLineDetail: {
      readonly PostingType: 'Debit' | 'Credit';
      readonly AccountRef: { readonly value: string };
    };
  }[];
}

const preferences = z.object({
  CurrencyPrefs: z
    .object({
      MultiCurrencyEnabled: z.boolean().optional(),
      HomeCurrency: z.object({ value: z.string() }).optional(),
    })
    .optional(),
});
const fault = z.object({
  Fault: z.object({
    Error: z.array(
      z.object({ Message: z.string(), Detail: z.string().optional(), code: z.string().optional() }),
    ),
  }),
});

export interface Quickbooks {
  company(): Promise<z.infer<typeof company>>;
  currencies(): Promise<{ home: string; isMulti: boolean }>;
  accounts(): Promise<LedgerAccount[]>;
  /** `from` and `to` are days, both in it. Newest first, at most a thousand. */
  entries(span: { from: string; to: string }): Promise<JournalEntry[]>;
  entryNumbered(number: string): Promise<JournalEntry | null>;
  entry(id: string): Promise<JournalEntry>;
  /** The same `requestId` again gives the same entry: it is made once. */
  createEntry(entry: NewEntry, requestId: string): Promise<JournalEntry>;
  deleteEntry(entry: Pick<JournalEntry, 'Id' | 'SyncToken'>, requestId: string): Promise<void>;
  /** As they are to be kept now. */
  credentials(): Credentials;
}

const hosts: Readonly<Record<string, string>> = {
  production: 'https://quickbooks.api.intuit.com',
  sandbox: 'https://sandbox-quickbooks.api.intuit.com',
};

export function quickbooksClient(
  target: ConnectionTarget,
  { now = () => new Date(), signal }: { now?: () => Date; signal?: AbortSignal | undefined } = {},
): Quickbooks {
  const tokens = createTokens(target, now);
  const { realmId = '', environment = 'production' } = target.credentials;
  const base = `${target.baseUrl ?? hosts[environment] ?? hosts.production}/v3/company/${realmId}`;

  async function send(method: string, path: string, body: unknown, token: string): Promise<Response> {
    const timeout = AbortSignal.timeout(timeoutMs);
    return (target.fetch ?? fetch)(`${base}/${path}`, {
      ...{ method, signal: signal ? AbortSignal.any([signal, timeout]) : timeout },
      headers: {
        ...{ accept: 'application/json', authorization: `Bearer ${token}` },
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async function ask<T>(
    schema: z.ZodType<T>,
    method: string,
    path: string,
    { query = {}, body }: { query?: Record<string, string>; body?: unknown } = {},
  ): Promise<T> {
    const where = `${path}?${new URLSearchParams({ ...query, minorversion: minorVersion })}`;
    const token = await tokens.access();
    let answer = await send(method, where, body, token);
    // A token that was taken back before its time: nothing was done, and another may be had.
    if (answer.status === 401) answer = await send(method, where, body, await tokens.access(token));
    const said: unknown = await answer.json().catch(() => null);
    if (answer.ok) return schema.parse(said);
    const errors = fault.safeParse(said).data?.Fault.Error ?? [];
    const after = Number(answer.headers.get('retry-after') ?? Number.NaN);
    throw new QuickbooksError(
      answer.status,
      errors.map(({ Message, Detail }) => Detail || Message).join(' ') || `it answered ${answer.status}`,
      answer.headers.get('intuit_tid') ?? undefined,
      Number.isFinite(after) ? after : undefined,
    );
  }

  const query = async <T>(name: string, item: z.ZodType<T>, text: string): Promise<T[]> => {
    const schema = z.object({ QueryResponse: z.object({ [name]: z.array(item).optional() }).loose() });
    const { QueryResponse } = await ask(schema, 'GET', 'query', { query: { query: text } });
    return z.array(item).parse(QueryResponse[name] ?? []);
  };
  const made = z.object({ JournalEntry: entrySchema });

  return {
    company: async () =>
      (await ask(z.object({ CompanyInfo: company }), 'GET', `companyinfo/${realmId}`)).CompanyInfo,
    async currencies() {
      const { Preferences } = await ask(z.object({ Preferences: preferences }), 'GET', 'preferences');
      const { HomeCurrency, MultiCurrencyEnabled = false } = Preferences.CurrencyPrefs ?? {};
      return { home: HomeCurrency?.value.toLowerCase() ?? 'usd', isMulti: MultiCurrencyEnabled };
    },
    accounts: () =>
      query('Account', accountSchema, `select * from Account where Active = true maxresults ${mostRows}`),
    entries: ({ from, to }) =>
      query(
        'JournalEntry',
        entrySchema,
        `select * from JournalEntry where TxnDate >= '${from}' and TxnDate <= '${to}' orderby TxnDate desc maxresults ${mostRows}`,
      ),
    async entryNumbered(number) {
      const text = `select * from JournalEntry where DocNumber = '${number.replaceAll("'", '')}'`;
      return (await query('JournalEntry', entrySchema, text))[0] ?? null;
    },
    entry: async (id) => (await ask(made, 'GET', `journalentry/${encodeURIComponent(id)}`)).JournalEntry,
    createEntry: async (entry, requestid) =>
      (await ask(made, 'POST', 'journalentry', { query: { requestid }, body: entry })).JournalEntry,
    async deleteEntry({ Id, SyncToken }, requestid) {
      const asked = { query: { operation: 'delete', requestid }, body: { Id, SyncToken } };
      await ask(z.object({ JournalEntry: z.object({ Id: z.string() }) }), 'POST', 'journalentry', asked);
    },
    credentials: () => tokens.credentials(),
  };
}
