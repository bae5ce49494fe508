import type { Person, Role } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { roleName, roles } from '../cards/role-words.ts';
import { peopleQuery } from '../queries.ts';
import { usePermissions, useSession } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { ConsequenceDialog } from '../ui/consequence-dialog.tsx';
import { SelectField } from '../ui/field.tsx';
import { Card, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Tag } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';
import { toast } from '../ui/toast.tsx';
import { Invitations } from './invitations.tsx';
import { OneTimeLink } from './one-time-link.tsx';
import { WorkspaceSecurity } from './workspace-security.tsx';

/** Who works here, who is asked to, and what is asked of everyone. */
export function People() {
  const { own } = usePermissions();
  const query = useQuery({ ...peopleQuery(), enabled: own });
  if (!own) return <p className="text-muted">Only an owner can see people and invite others.</p>;
  return (
    <>
      <Section title="People">
        {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
        {query.isPending ? <SkeletonRows label="Loading people" count={3} /> : null}
        {query.data ? (
          <Card>
            <ul className="divide-y divide-line">
              {query.data.map((person) => (
                <PersonRow key={person.id} person={person} />
              ))}
            </ul>
          </Card>
        ) : null}
      </Section>
      <Invitations />
      <WorkspaceSecurity />
    </>
  );
}

function PersonRow({ person }: { person: Person }) {
  const cache = useQueryClient();
  const isSelf = useSession()?.user.id === person.id;
  const [acting, setActing] = useState<'remove' | 'recover' | null>(null);
  const refresh = () =>
    Promise.all(
      ['people', 'sessions', 'tokens', 'session'].map((key) => cache.invalidateQueries({ queryKey: [key] })),
    );
  const setRole = useMutation<unknown, ApiProblem, Role>({
    mutationFn: (role) => api.setRole(person.id, role),
    onSuccess: refresh,
  });
  const remove = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.removePerson(person.id),
    onSuccess: async () => {
      await refresh();
      toast(`${person.name} was removed`);
    },
  });
  const recover = useMutation<{ link: string }, ApiProblem>({
    mutationFn: () => api.recoverPerson(person.id),
    onSuccess: () => {
      setActing(null);
      void refresh();
    },
  });
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2.5">
        <div className="min-w-0 flex-1 basis-56">
          <p className="flex flex-wrap items-center gap-2 font-medium">
            <bdi className="max-w-full truncate">{person.name}</bdi>
            {isSelf ? <Tag tone="accent">You</Tag> : null}
            {person.hasSecondFactor ? (
              <Tag tone="good">Second factor</Tag>
            ) : (
              <Tag tone="warn">No second factor</Tag>
            )}
          </p>
          <p className="text-muted [overflow-wrap:anywhere]">
            {person.email}
            {person.seenAt ? (
              <>
                {' '}
                · seen <Time at={person.seenAt} />
              </>
            ) : null}
          </p>
        </div>
        <div className="w-32">
          <SelectField
            label={`Role of ${person.name}`}
            hideLabel
            value={person.role}
            disabled={setRole.isPending}
            onChange={(event) => {
              const role = roles.find((each) => each === event.target.value);
              if (role) setRole.mutate(role);
            }}
          >
            {roles.map((role) => (
              <option key={role} value={role}>
                {roleName(role)}
              </option>
            ))}
          </SelectField>
        </div>
        {isSelf ? null : (
          <div className="flex gap-2">
            <Button aria-label={`Let in again: ${person.name}`} onClick={() => setActing('recover')}>
              Let in again
            </Button>
            <Button aria-label={`Remove ${person.name}`} onClick={() => setActing('remove')}>
              Remove
            </Button>
          </div>
        )}
      </div>
      {setRole.error ? (
        <div className="mt-2">
          <ProblemNotice error={setRole.error} />
        </div>
      ) : null}
      {recover.data ? (
        <OneTimeLink
          link={recover.data.link}
          lead={`For ${person.name}: it signs in once, within a day. They then set a new password.`}
        />
      ) : null}
      <ConsequenceDialog
        open={acting === 'remove'}
        onOpenChange={() => setActing(null)}
        title={`Remove ${person.name}`}
        action="Remove person"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      >
        Their browsers are signed out and the API tokens they made stop working. What they did stays in the
        record.
      </ConsequenceDialog>
      <ConsequenceDialog
        open={acting === 'recover'}
        onOpenChange={() => setActing(null)}
        title={`Let ${person.name} in again`}
        action="Make a link"
        busy={recover.isPending}
        error={recover.error}
        onConfirm={() => recover.mutate()}
      >
        For somebody who lost their password or phone: their password, app and passkeys stop working at once,
        all their browsers are signed out, and you get a one-time link to give them.
      </ConsequenceDialog>
    </li>
  );
}
