import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { KeyRound, Terminal } from 'lucide-react';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { signInOfferQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { TextField } from '../ui/field.tsx';
import { askForPasskey, canUsePasskeys } from '../ui/passkey.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { CodeStep } from './code-step.tsx';
import { Door } from './door.tsx';

const problems: Record<string, string> = {
  used: 'That link was used before or has expired. Sign in below, or start Purser again to get a new one.',
  provider: 'The sign-in provider did not let you in, or nobody here has invited you.',
};

/** Nobody is signed in. */
export function SignInScreen({ problem }: { problem: string | undefined }) {
  const enter = useEntrance();
  const [step, setStep] = useState<'first' | 'code'>('first');
  if (step === 'code') return <CodeStep onDone={enter} onBack={() => setStep('first')} />;
  return (
    <Door title="Sign in to Purser">
      {problem ? (
        <p role="alert" className="mt-3 rounded-lg bg-danger-soft px-3 py-2.5 text-danger">
          {problems[problem] ?? problems.used}
        </p>
      ) : null}
      <OtherWays onDone={enter} />
      <PasswordForm onDone={(next) => (next === 'code' ? setStep('code') : enter())} />
      <div className="mt-8">
        <FirstTime />
      </div>
    </Door>
  );
}

/** Whatever was cached was somebody else's. */
function useEntrance(): () => void {
  const navigate = useNavigate();
  const cache = useQueryClient();
  return () => {
    cache.clear();
    const next = new URLSearchParams(window.location.search).get('next');
    // A program waits to be let in: nowhere else is anybody sent on to.
    if (next?.startsWith('/api/auth/oauth2/authorize?')) window.location.assign(next);
    else void navigate({ to: '/' });
  };
}

function PasswordForm({ onDone }: { onDone(next: 'done' | 'code'): void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation<{ next: 'done' | 'code' }, ApiProblem>({
    mutationFn: () => api.signInByPassword({ email: email.trim(), password }),
    onSuccess: ({ next }) => onDone(next),
  });
  return (
    <form
      className="mt-6 space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (email.trim() && password) signIn.mutate();
      }}
    >
      <TextField
        label="E-mail"
        type="email"
        name="email"
        autoComplete="username"
        value={email}
        maxLength={320}
        onChange={(event) => setEmail(event.target.value)}
      />
      <TextField
        label="Password"
        type="password"
        name="password"
        autoComplete="current-password"
        value={password}
        maxLength={128}
        onChange={(event) => setPassword(event.target.value)}
      />
      {signIn.error ? <ProblemNotice error={signIn.error} /> : null}
      <Button
        type="submit"
        tone="primary"
        className="w-full"
        busy={signIn.isPending}
        disabled={!email.trim() || !password}
      >
        Sign in
      </Button>
    </form>
  );
}

/** Passkey and provider, where there are any: quicker than typing. */
function OtherWays({ onDone }: { onDone(): void }) {
  const offer = useQuery(signInOfferQuery()).data;
  const byPasskey = useMutation<boolean, ApiProblem>({
    mutationFn: async () => {
      const response = await askForPasskey(await api.passkeyOptions());
      if (response) await api.signInByPasskey(response);
      return response !== null;
    },
    onSuccess: (done) => done && onDone(),
  });
  const byProvider = useMutation<{ url: string }, ApiProblem>({
    mutationFn: () => api.signInByProvider(false),
    onSuccess: ({ url }) => location.assign(url),
  });
  const passkeys = offer !== undefined && canUsePasskeys(offer.passkeys.rpId);
  if (!passkeys && !offer?.provider) return null;
  const error = byPasskey.error ?? byProvider.error;
  return (
    <div className="mt-6 space-y-2">
      {passkeys ? (
        <Button className="w-full" busy={byPasskey.isPending} onClick={() => byPasskey.mutate()}>
          <KeyRound size={14} aria-hidden="true" /> Sign in with a passkey
        </Button>
      ) : null}
      {offer?.provider ? (
        <Button className="w-full" busy={byProvider.isPending} onClick={() => byProvider.mutate()}>
          <span className="truncate">Sign in with {offer.provider.name}</span>
        </Button>
      ) : null}
      {error ? <ProblemNotice error={error} /> : null}
      <p aria-hidden="true" className="pt-2 text-center text-sm text-muted">
        or
      </p>
    </div>
  );
}

/** The key to the house is printed where Purser was started. */
function FirstTime() {
  return (
    <Disclosure label="First time here, or locked out?">
      <p className="mt-2 text-muted">
        Whoever runs Purser gets a one-time link in the terminal each time it starts; it signs the owner in.
        Everyone else is invited by an owner, who can also make a new link for you.
      </p>
      <div className="mt-3 rounded-lg border border-line bg-surface p-3.5 font-mono text-xs leading-5 shadow-card">
        <div className="mb-1.5 flex items-center gap-1.5 text-muted">
          <Terminal size={13} aria-hidden="true" /> Terminal
        </div>
        <p className="[overflow-wrap:anywhere]">Purser is ready at {location.origin}</p>
        <p className="text-muted [overflow-wrap:anywhere]">
          Sign in, once and within a day: {location.origin}/sign-in?token=…
        </p>
      </div>
    </Disclosure>
  );
}
