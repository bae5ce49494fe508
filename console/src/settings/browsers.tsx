import type { SignedInBrowser } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { sessionsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { CheckField } from '../ui/check-field.tsx';
import { Card, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Tag } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';
import { browserName } from './passkey-list.tsx';

const methods: Record<SignedInBrowser['method'], string> = {
  link: 'one-time link',
  password: 'password',
  code: 'password and code',
  passkey: 'passkey',
  provider: 'sign-in provider',
};

/** Where somebody is signed in; each can be ended from here. */
export function Browsers() {
  const { own } = usePermissions();
  const cache = useQueryClient();
  const [everyone, setEveryone] = useState(false);
  const query = useQuery(sessionsQuery(everyone));
  const others = useMutation<unknown, ApiProblem>({
    mutationFn: api.revokeOtherSessions,
    onSuccess: () => cache.invalidateQueries({ queryKey: ['sessions'] }),
  });
  const count = query.data?.length ?? 0;
  return (
    <Section
      title="Signed-in browsers"
      aside={
        <Button disabled={count < 2} busy={others.isPending} onClick={() => others.mutate()}>
          Sign out all my others
        </Button>
      }
    >
      {own ? (
        <div className="mb-3">
          <CheckField label="Of everyone" checked={everyone} onChange={setEveryone} />
        </div>
      ) : null}
      {others.error ? <ProblemNotice error={others.error} /> : null}
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonRows label="Loading browsers" count={2} /> : null}
      {query.data ? (
        <Card>
          <ul className="divide-y divide-line">
            {query.data.map((session) => (
              <BrowserRow key={session.id} session={session} named={everyone} />
            ))}
          </ul>
        </Card>
      ) : null}
    </Section>
  );
}

function BrowserRow({ session, named }: { session: SignedInBrowser; named: boolean }) {
  const cache = useQueryClient();
  const name = browserName(session.userAgent);
  const end = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.revokeSession(session.id),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['sessions'] }),
  });
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-48">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {named ? (
            <>
              <bdi className="max-w-full truncate">{session.personName}</bdi>{' '}
              <span className="text-muted">·</span>
            </>
          ) : null}
          {name}
          {session.current ? <Tag tone="accent">This one</Tag> : null}
        </p>
        <p className="text-muted [overflow-wrap:anywhere]">
          By {methods[session.method]}
          {session.address ? ` from ${session.address}` : ''} · seen <Time at={session.seenAt} />
        </p>
        {end.error ? <ProblemNotice error={end.error} /> : null}
      </div>
      {session.current ? null : (
        <Button
          size="small"
          busy={end.isPending}
          aria-label={`Sign out ${name}${session.address ? `, ${session.address}` : ''}`}
          onClick={() => end.mutate()}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}
