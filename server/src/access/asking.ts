import { z } from 'zod';
import { Problem } from '../problem.ts';
import { cleanText } from '../secrets/clean.ts';
import { addressHeader } from './auth.ts';

/** Who is at the other end, as far as the network knows. */
export interface From {
  readonly headers: Headers;
  /** The client's address, behind trusted proxies too. */
  readonly address: string;
}

/** What the library said, and the cookies that make it so in the browser. */
export interface Said {
  readonly ok: boolean;
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly cookies: readonly string[];
}

const record = z.record(z.string(), z.unknown()).catch({});

/** Asks the library. It throws what it refuses at some places and answers it at others: here it is always an answer. */
export async function ask(call: Promise<Response>): Promise<Said> {
  try {
    const response = await call;
    const text = await response.text();
    return {
      ok: response.ok,
      status: response.status,
      body: record.parse(text ? JSON.parse(text) : {}),
      cookies: response.headers.getSetCookie(),
    };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'APIError') throw error;
    const status = 'statusCode' in error ? Number(error.statusCode) : 400;
    if (status >= 500) throw error;
    return { ok: false, status, body: 'body' in error ? record.parse(error.body) : {}, cookies: [] };
  }
}

/** The headers for the library: whatever the client claims about its address is replaced by what we know. */
export function headersOf({ headers, address }: From, options: { withoutSession?: boolean } = {}): Headers {
  const own = new Headers();
  const cookies = (headers.get('cookie') ?? '').split(/;\s*/);
  const kept = options.withoutSession
    ? cookies.filter((each) => !/^[^=]*session_token=/.test(each))
    : cookies;
  own.set('cookie', kept.join('; '));
  for (const name of ['origin', 'user-agent']) {
    const value = headers.get(name);
    // A header has no other signs, and what stands for a card number has some.
    if (value) own.set(name, cleanText(value.slice(0, 400)).replace(/[^ -~]/g, '*'));
  }
  own.set(addressHeader, address);
  return own;
}

/** One answer for everything that may be wrong with a sign-in, so that it tells nobody who has an account. */
export function signInRefused(detail: string): Problem {
  return new Problem({ status: 401, code: 'sign_in_failed', title: 'Not signed in', detail });
}

const binary = z.string().max(20_000);

/** What a browser answers when it is asked for a passkey (WebAuthn, AuthenticationResponseJSON). */
export const passkeyAnswer = z.object({
  id: z.string().max(1_400),
  rawId: z.string().max(1_400),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: binary,
    authenticatorData: binary,
    signature: binary,
    userHandle: z.string().max(200).optional(),
  }),
  clientExtensionResults: z.looseObject({}).default({}),
});
export type PasskeyAnswer = z.infer<typeof passkeyAnswer>;

/** What it answers when a passkey is made (RegistrationResponseJSON). */
export const passkeyMade = z.object({
  ...passkeyAnswer.shape,
  response: z.object({
    clientDataJSON: binary,
    attestationObject: binary,
    transports: z.array(z.string().max(40)).max(10).optional(),
  }),
});
export type PasskeyMade = z.infer<typeof passkeyMade>;
