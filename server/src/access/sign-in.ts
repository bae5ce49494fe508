import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';
import { Problem } from '../problem.ts';
import { ask, type From, headersOf, type PasskeyAnswer, type Said, signInRefused } from './asking.ts';
import { type Auth, providerId } from './auth.ts';
import { account, address, type Guesses } from './guesses.ts';
import type { Sessions } from './sessions.ts';
import { plainCode, takeCode } from './used-codes.ts';

/** Signed in, or half: `code` asks for the second factor. The cookies belong into the answer. */
export interface SignedIn {
  readonly next: 'done' | 'code';
  readonly cookies: readonly string[];
  /** Known once it is done. */
  readonly person?: { readonly id: string; readonly name: string };
}

/** The ways in. Each throws Problem 401, the same for every reason, or 429 where guessing got slow. */
export interface SignIn {
  password(given: { email: string; password: string }, from: From): Promise<SignedIn>;
  /** The second step: a code of the app, or one of the recovery codes. */
  code(given: { code: string }, from: From): Promise<SignedIn>;
  passkeyOptions(from: From): Promise<{ options: unknown; cookies: readonly string[] }>;
  passkey(given: { response: PasskeyAnswer }, from: From): Promise<SignedIn>;
  /** Where the provider of the settings is asked. @throws Problem 404 where there is none, 502 where it is away */
  provider(from: From, options: { again: boolean }): Promise<{ url: string; cookies: readonly string[] }>;
}

const wrongPassword = 'The e-mail address or the password is not right.';
const wrongCode = 'The code is not right, was used before, or came too late. Start again with the password.';
const wrongPasskey = 'This passkey is not known here, or the device did not confirm you.';

const person = z.object({ id: z.string(), name: z.string(), email: z.string() });
const signedIn = z.object({ token: z.string(), user: person });
const byPasskey = z.object({ session: z.object({ token: z.string() }), user: person });

export const isTimeCode = (code: string): boolean => /^\d{6}$/.test(code);

export function createSignIn(needs: {
  auth: Auth;
  db: Kysely<Schema>;
  clock: Clock;
  guesses: Guesses;
  sessions: Sessions;
  hasProvider: boolean;
}): SignIn {
  const { auth, guesses, sessions } = needs;

  /** The session this browser had before ends: nobody carries two. */
  async function done(from: From, said: Said, user: z.infer<typeof person>): Promise<SignedIn> {
    await sessions.endOf(from);
    const targets = [account(user.email), address(from.address)];
    await guesses.succeed(targets);
    return { next: 'done', cookies: said.cookies, person: { id: user.id, name: user.name } };
  }

  return {
    async password({ email, password }, from) {
      const targets = [account(email), address(from.address)];
      await guesses.begin(targets);
      const headers = headersOf(from, { withoutSession: true });
      const said = await ask(auth.api.signInEmail({ body: { email, password }, headers, asResponse: true }));
      if (!said.ok) throw signInRefused(wrongPassword);
      // The guesses stay counted until the code was right as well: half a sign-in gives no new ones.
      if (said.body.twoFactorRedirect === true) return { next: 'code', cookies: said.cookies };
      return done(from, said, signedIn.parse(said.body).user);
    },

    async code({ code: entered }, from) {
      await guesses.begin([address(from.address)]);
      const code = plainCode(entered);
      const headers = headersOf(from, { withoutSession: true });
      const call = isTimeCode(code)
        ? auth.api.verifyTOTP({ body: { code }, headers, asResponse: true })
        : auth.api.verifyBackupCode({ body: { code }, headers, asResponse: true });
      const said = await ask(call);
      if (!said.ok) throw signInRefused(wrongCode);
      const { token, user } = signedIn.parse(said.body);
      if (isTimeCode(code) && !(await takeCode(needs, user.id, code))) {
        await sessions.endByToken(token);
        throw signInRefused(wrongCode);
      }
      return done(from, said, user);
    },

    async passkeyOptions(from) {
      const said = await ask(
        auth.api.generatePasskeyAuthenticationOptions({ headers: headersOf(from), asResponse: true }),
      );
      if (!said.ok) throw signInRefused(wrongPasskey);
      // Without it the device may skip looking at the person, and we refuse what it answers.
      return { options: { ...said.body, userVerification: 'required' }, cookies: said.cookies };
    },

    async passkey({ response }, from) {
      await guesses.begin([address(from.address)]);
      const body = { response };
      const headers = headersOf(from, { withoutSession: true });
      const said = await ask(auth.api.verifyPasskeyAuthentication({ body, headers, asResponse: true }));
      if (!said.ok) throw signInRefused(wrongPasskey);
      return done(from, said, byPasskey.parse(said.body).user);
    },

    async provider(from, { again }) {
      const missing = { status: 404, code: 'no_provider', title: 'No such way to sign in' } as const;
      if (!needs.hasProvider)
        throw new Problem({ ...missing, detail: 'No OpenID Connect provider is set up.' });
      const body = {
        provider: providerId,
        callbackURL: '/',
        errorCallbackURL: '/sign-in?problem=provider',
        disableRedirect: true,
        ...(again && { additionalParams: { prompt: 'login' } }),
      };
      const said = await ask(auth.api.signInSocial({ body, headers: headersOf(from), asResponse: true }));
      const url = z.object({ url: z.url() }).safeParse(said.body);
      if (said.ok && url.success) return { url: url.data.url, cookies: said.cookies };
      throw new Problem({
        status: 502,
        code: 'provider_unreachable',
        title: 'The sign-in provider does not answer',
        detail: 'Try again in a moment, or sign in another way. "purser doctor" says more.',
      });
    },
  };
}
