import { expect, expectTypeOf, test } from 'vitest';
import { ConnectionProblem } from './connection.ts';
import { credentialForm } from './credential-fields.ts';

const form = credentialForm('Chat', [
  {
    name: 'token',
    label: 'Token',
    secret: true,
    placeholder: 'tok-…',
    help: 'Copy the token.',
    pattern: { source: 'tok-[a-z0-9]{4,}', message: 'A token begins with tok-.' },
  },
  {
    name: 'address',
    label: 'Address',
    secret: false,
    placeholder: '',
    help: 'Its address.',
    kind: 'url',
    optional: true,
  },
  {
    name: 'region',
    label: 'Region',
    secret: false,
    placeholder: '',
    help: 'Where it is.',
    optional: true,
    kind: 'choice',
    options: [{ value: 'eu', label: 'Europe' }],
  },
]);

test('what was entered is typed by its fields, trimmed, and empty ones are left out', () => {
  const entered = form.parse({ token: ' tok-abcd ', address: '' });
  expect(entered).toEqual({ token: 'tok-abcd' });
  expectTypeOf(entered.token).toEqualTypeOf<string>();
  expectTypeOf(entered.region).toEqualTypeOf<string | undefined>();
});

test.each([
  [null, 'credentials_missing', 'No credentials'],
  [[], 'credentials_missing', 'No credentials'],
  [{}, 'credential_missing', 'Token is missing'],
  [{ token: 7 }, 'credential_malformed', 'Token is text'],
  [{ token: 'secret-value' }, 'credential_malformed', 'begins with tok-'],
  [{ token: 'tok-ab\ncd' }, 'credential_malformed', 'one line'],
  [{ token: 'tok-abcd\n' }, null, ''],
  [{ token: 'tok-abcd', address: 'nowhere' }, 'credential_malformed', 'Address is no address'],
  [{ token: 'tok-abcd', region: 'mars' }, 'credential_malformed', 'one of: eu'],
  [{ token: 'tok-abcd', password: 'x' }, 'credentials_unknown', 'takes no "password"'],
])('%j is refused where it must be, naming the field and never its value', (entered, code, says) => {
  try {
    form.parse(entered);
    expect(code).toBeNull();
  } catch (error) {
    if (!(error instanceof ConnectionProblem)) throw error;
    expect(error).toMatchObject({ code, message: expect.stringContaining(says) });
    expect(`${error.message} ${error.next}`).not.toContain('secret-value');
  }
});
