import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import type { Schema } from '../database/schema.ts';
import { conflict, invalidInput, Problem } from '../problem.ts';
import { ask, type From, headersOf, type PasskeyAnswer, type PasskeyMade, type Said } from './asking.ts';
import type { Auth } from './auth.ts';
import { type Guesses, person } from './guesses.ts';
import type { Role } from './roles.ts';
import type { Sessions } from './sessions.ts';
import { isTimeCode } from './sign-in.ts';
import { plainCode, takeCode } from './used-codes.ts';

/** What a person has to sign in with, as they see it. */
export interface AccountInfo {
  name: string;
  email: string;
  role: Role;
  hasPassword: boolean;
  /** Codes of an app are on. */
  hasCodes: boolean;
  /** null where codes are off. */
  recoveryCodesLeft: number | null;
  passkeys: { id: string; name: string; createdAt: Date }[];
  /** Signs in through the provider of the settings. */
  hasProvider: boolean;
}

/** A person at work on their own account: who, in which session. */
export interface Self {
  readonly id: string;
  readonly role: Role;
  readonly sessionId: string;
}

/** One of them. */
export interface ProofGiven {
  password?: string | undefined;
  /** Of the app, or a recovery code. */
  code?: string | undefined;
  passkey?: PasskeyAnswer | undefined;
}

/** What a person does with their own account. Wrong passwords and codes are Problem 422, and 429 when they get many. */
export interface Account {
  info(self: Self): Promise<AccountInfo>;
  /** @throws Problem 409 where somebody else has the address */
  change(self: Self, change: { name?: string | undefined; email?: string | undefined }): Promise<void>;
  /** All other sessions end. */
  setPassword(
    self: Self,
    given: { password: string; current?: string | undefined },
    from: From,
  ): Promise<Cookies>;
  /** For the app, as `otpauth://` address, and recovery codes: shown this once. On only when a code was right. */
  beginCodes(
    self: Self,
    password: string | undefined,
    from: From,
  ): Promise<{ uri: string; recoveryCodes: string[] }>;
  confirmCodes(self: Self, code: string, from: From): Promise<Cookies>;
  removeCodes(self: Self, password: string | undefined, from: From): Promise<Cookies>;
  newRecoveryCodes(
    self: Self,
    password: string | undefined,
    from: From,
  ): Promise<{ recoveryCodes: string[] }>;
  passkeyOptions(from: From): Promise<{ options: unknown } & Cookies>;
  addPasskey(self: Self, given: { name: string; response: PasskeyMade }, from: From): Promise<void>;
  /** @throws Problem 404 */
  removePasskey(self: Self, id: string): Promise<void>;
  /** Step-up: proves again who the person is. */
  prove(self: Self, given: ProofGiven, from: From): Promise<Cookies>;
}

interface Cookies {
  readonly cookies: readonly string[];
}

const infoRow = z.object({
  name: z.string(),
  email: z.string(),
  has_codes: z.boolean().nullable(),
  has_password: z.boolean(),
  has_provider: z.boolean(),
});
const passkeyRow = z.object({ id: z.string(), name: z.string().nullable(), createdAt: z.date() });
const begun = z.object({ totpURI: z.string(), backupCodes: z.array(z.string()) });
const proven = z.object({
  session: z.object({ id: z.string(), token: z.string() }),
  user: z.object({ id: z.string() }),
});

const infoQuery = `
  select u.name, u.email, u."twoFactorEnabled" as has_codes,
    exists (select 1 from account where "userId" = u.id and password is not null) as has_password,
    exists (select 1 from account where "userId" = u.id and "providerId" = 'oidc') as has_provider
  from "user" u where u.id = $1`;

const wrong = (path: string, message: string): Problem => invalidInput([{ path, message }]);
const wrongPassword = wrong('password', 'This is not your password.');
const wrongCode = wrong('code', 'This code is not right, or was used before. Wait for the next one.');

export function createAccount(needs: {
  auth: Auth;
  db: Kysely<Schema>;
  pool: Pool;
  clock: Clock;
  guesses: Guesses;
  sessions: Sessions;
}): Account {
  const { auth, pool, guesses, sessions } = needs;

  async function guess(self: Self, refusal: Problem, call: () => Promise<Said>): Promise<Said> {
    const targets = [person(self.id)];
    await guesses.begin(targets);
    const said = await call();
    if (!said.ok) throw refusal;
    await guesses.succeed(targets);
    return said;
  }

  async function infoOf(id: string): Promise<z.infer<typeof infoRow>> {
    const { rows } = await pool.query(infoQuery, [id]);
    return infoRow.parse(rows[0]);
  }

  async function provePasskey(self: Self, response: PasskeyAnswer, from: From): Promise<Cookies> {
    const body = { response };
    const refusal = wrong('passkey', 'This is not one of your passkeys, or the device did not confirm you.');
    const said = await guess(self, refusal, () =>
      ask(auth.api.verifyPasskeyAuthentication({ body, headers: headersOf(from), asResponse: true })),
    );
    const { session, user } = proven.parse(said.body);
    if (user.id !== self.id) {
      await sessions.endByToken(session.token);
      throw refusal;
    }
    await sessions.revoke(self.sessionId);
    return { cookies: said.cookies };
  }

  async function proveByCode(self: Self, code: string, from: From): Promise<void> {
    await guess(self, wrongCode, async () => {
      const headers = headersOf(from);
      if (!isTimeCode(code))
        return ask(
          auth.api.verifyBackupCode({ body: { code, disableSession: true }, headers, asResponse: true }),
        );
      if (!(await takeCode(needs, self.id, code))) throw wrongCode;
      return ask(auth.api.verifyTOTP({ body: { code }, headers, asResponse: true }));
    });
  }

  return {
    async info(self) {
      const row = await infoOf(self.id);
      const { rows } = await pool.query(
        'select id, name, "createdAt" from passkey where "userId" = $1 order by "createdAt"',
        [self.id],
      );
      const codes = row.has_codes ? await auth.api.viewBackupCodes({ body: { userId: self.id } }) : null;
      return {
        name: row.name,
        email: row.email,
        role: self.role,
        hasPassword: row.has_password,
        hasCodes: row.has_codes ?? false,
        recoveryCodesLeft: codes?.backupCodes.length ?? null,
        passkeys: rows
          .map((found) => passkeyRow.parse(found))
          .map((key) => ({ ...key, name: key.name ?? 'Passkey' })),
        hasProvider: row.has_provider,
      };
    },

    async change(self, { name, email }) {
      const taken = conflict('address_taken', 'Somebody else here has this e-mail address.');
      const address = email?.toLowerCase();
      const { rows } = await pool.query('select 1 from "user" where email = $1 and id <> $2', [
        address,
        self.id,
      ]);
      if (rows.length > 0) throw taken;
      // Nobody but an owner vouches for their own address: a provider's person of that name is not let in by it.
      await pool.query(
        `update "user" set name = coalesce($2, name), email = coalesce($3, email), "updatedAt" = now(),
           "emailVerified" = case when $3::text is null or $3 = email then "emailVerified" else $4 end
         where id = $1`,
        [self.id, name ?? null, address ?? null, self.role === 'owner'],
      );
    },

    async setPassword(self, { password, current }, from) {
      const headers = headersOf(from);
      if ((await infoOf(self.id)).has_password) {
        const body = { newPassword: password, currentPassword: current ?? '', revokeOtherSessions: true };
        const said = await guess(self, wrong('current', 'This is not your password.'), () =>
          ask(auth.api.changePassword({ body, headers, asResponse: true })),
        );
        return { cookies: said.cookies };
      }
      const said = await ask(
        auth.api.setPassword({ body: { newPassword: password }, headers, asResponse: true }),
      );
      if (!said.ok) throw wrong('password', 'This password cannot be used.');
      await sessions.revokeOthers(self.id, self.sessionId);
      return { cookies: said.cookies };
    },

    async beginCodes(self, password, from) {
      const said = await guess(self, wrongPassword, () =>
        ask(
          auth.api.enableTwoFactor({
            body: { method: 'totp', ...(password ? { password } : {}) },
            headers: headersOf(from),
            asResponse: true,
          }),
        ),
      );
      const { totpURI, backupCodes } = begun.parse(said.body);
      return { uri: totpURI, recoveryCodes: backupCodes };
    },

    async confirmCodes(self, entered, from) {
      const code = plainCode(entered);
      if (!isTimeCode(code)) throw wrongCode;
      const said = await guess(self, wrongCode, async () => {
        if (!(await takeCode(needs, self.id, code))) throw wrongCode;
        return ask(auth.api.verifyTOTP({ body: { code }, headers: headersOf(from), asResponse: true }));
      });
      return { cookies: said.cookies };
    },

    async removeCodes(self, password, from) {
      const body = password ? { password } : {};
      const said = await guess(self, wrongPassword, () =>
        ask(auth.api.disableTwoFactor({ body, headers: headersOf(from), asResponse: true })),
      );
      return { cookies: said.cookies };
    },

    async newRecoveryCodes(self, password, from) {
      const body = password ? { password } : {};
      const said = await guess(self, wrongPassword, () =>
        ask(auth.api.generateBackupCodes({ body, headers: headersOf(from), asResponse: true })),
      );
      return { recoveryCodes: z.object({ backupCodes: z.array(z.string()) }).parse(said.body).backupCodes };
    },

    async passkeyOptions(from) {
      const said = await ask(
        auth.api.generatePasskeyRegistrationOptions({
          query: {},
          headers: headersOf(from),
          asResponse: true,
        }),
      );
      if (!said.ok) throw conflict('passkey_not_begun', 'Sign in again, then add the passkey.');
      return { options: said.body, cookies: said.cookies };
    },

    async addPasskey(_self, { name, response }, from) {
      const said = await ask(
        auth.api.verifyPasskeyRegistration({
          body: { response, name },
          headers: headersOf(from),
          asResponse: true,
        }),
      );
      if (!said.ok)
        throw wrong('response', 'The device did not answer as it should. Start again with the passkey.');
    },

    async removePasskey(self, id) {
      const gone = await pool.query('delete from passkey where id = $1 and "userId" = $2', [id, self.id]);
      if (gone.rowCount) return;
      throw new Problem({
        status: 404,
        code: 'passkey_not_found',
        title: 'No such passkey',
        detail: `You have no passkey ${id}.`,
      });
    },

    async prove(self, { password, code, passkey }, from) {
      if (passkey !== undefined) return provePasskey(self, passkey, from);
      const { has_codes } = await infoOf(self.id);
      if (code !== undefined && has_codes) await proveByCode(self, plainCode(code), from);
      else if (password !== undefined && !has_codes)
        await guess(self, wrongPassword, () =>
          ask(auth.api.verifyPassword({ body: { password }, headers: headersOf(from), asResponse: true })),
        );
      else throw has_codes ? wrong('code', 'Enter a code of your app.') : wrongPassword;
      await sessions.prove(self.sessionId);
      return { cookies: [] };
    },
  };
}
