import type { OwnAccount } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { accountQuery } from '../queries.ts';
import { useSession } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { Card, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Tag } from '../ui/tag.tsx';
import { Browsers } from './browsers.tsx';
import { CodesDialog, CodesOffDialog, RecoveryCodesDialog } from './codes-dialog.tsx';
import { PasskeyList } from './passkey-list.tsx';
import { PasswordDialog } from './password-dialog.tsx';
import { SettingRow } from './setting-row.tsx';

/** What a person signs in with, and where they are signed in. */
export function SignInMethods() {
  const query = useQuery(accountQuery());
  const owes = useSession()?.owesSecondFactor;
  return (
    <>
      {owes ? (
        <p role="status" className="mb-6 rounded-lg bg-warn-soft px-3 py-2.5 text-warn">
          The owners ask a second factor of everyone. Set up an authenticator app, or add a passkey and sign
          in with it; then everything else opens.
        </p>
      ) : null}
      <Section title="How you sign in">
        {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
        {query.isPending ? <SkeletonRows label="Loading how you sign in" count={3} /> : null}
        {query.data ? <Methods account={query.data} /> : null}
      </Section>
      <Browsers />
    </>
  );
}

type Opened = 'password' | 'codes' | 'codes-off' | 'recovery' | null;

function Methods({ account }: { account: OwnAccount }) {
  const [opened, setOpened] = useState<Opened>(null);
  const close = () => setOpened(null);
  return (
    <>
      <Card>
        <ul className="divide-y divide-line">
          <SettingRow
            title="Password"
            state={account.hasPassword ? <Tag tone="good">Set</Tag> : <Tag tone="warn">Not set</Tag>}
            action={
              <Button onClick={() => setOpened('password')}>
                {account.hasPassword ? 'Change password' : 'Set a password'}
              </Button>
            }
          >
            {account.hasPassword
              ? `With ${account.email}.`
              : 'Until then only the one-time link from the terminal signs you in.'}
          </SettingRow>
          <SettingRow
            title="Authenticator app"
            state={account.hasCodes ? <Tag tone="good">On</Tag> : <Tag>Off</Tag>}
            action={
              account.hasCodes ? (
                <>
                  <Button onClick={() => setOpened('recovery')}>New recovery codes</Button>
                  <Button onClick={() => setOpened('codes-off')}>Turn off</Button>
                </>
              ) : (
                <Button disabled={!account.hasPassword} onClick={() => setOpened('codes')}>
                  Set up
                </Button>
              )
            }
          >
            {codesWords(account)}
          </SettingRow>
          <PasskeyList account={account} />
        </ul>
      </Card>
      <PasswordDialog account={account} open={opened === 'password'} onClose={close} />
      <CodesDialog open={opened === 'codes'} onClose={close} />
      <CodesOffDialog open={opened === 'codes-off'} onClose={close} />
      <RecoveryCodesDialog open={opened === 'recovery'} onClose={close} />
    </>
  );
}

function codesWords({ hasCodes, hasPassword, recoveryCodesLeft }: OwnAccount): string {
  if (!hasPassword) return 'Codes come after a password: set one first.';
  if (!hasCodes) return 'A six-digit code after the password, from an app on your phone.';
  return recoveryCodesLeft === 1 ? '1 recovery code left.' : `${recoveryCodesLeft ?? 0} recovery codes left.`;
}
