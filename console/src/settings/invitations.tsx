import type { Invitation, Role } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { roleName, roles, roleWords } from '../cards/role-words.ts';
import { invitationsQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { Card, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Time } from '../ui/time.tsx';
import { toast } from '../ui/toast.tsx';
import { OneTimeLink } from './one-time-link.tsx';

/** Who was asked to come and has not yet. */
export function Invitations() {
  const query = useQuery(invitationsQuery());
  const [inviting, setInviting] = useState(false);
  return (
    <Section
      title="Invitations"
      aside={
        <Button tone="primary" onClick={() => setInviting(true)}>
          Invite somebody
        </Button>
      }
    >
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonRows label="Loading invitations" count={1} /> : null}
      {query.data ? (
        <Card>
          {query.data.length === 0 ? (
            <EmptyState icon={<UserPlus size={20} />} title="Nobody is invited right now">
              An invitation is a link that works once, for three days.
            </EmptyState>
          ) : (
            <ul className="divide-y divide-line">
              {query.data.map((invitation) => (
                <InvitationRow key={invitation.id} invitation={invitation} />
              ))}
            </ul>
          )}
        </Card>
      ) : null}
      <Dialog open={inviting} onOpenChange={setInviting} title="Invite somebody">
        <InviteForm onClose={() => setInviting(false)} />
      </Dialog>
    </Section>
  );
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const cache = useQueryClient();
  const revoke = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.revokeInvitation(invitation.id),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['invitations'] }),
  });
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium [overflow-wrap:anywhere]">{invitation.email}</p>
        <p className="text-muted">
          {roleName(invitation.role)} · until <Time at={invitation.expiresAt} /> · by{' '}
          <bdi>{invitation.invitedBy}</bdi>
        </p>
        {revoke.error ? <ProblemNotice error={revoke.error} /> : null}
      </div>
      <Button
        busy={revoke.isPending}
        aria-label={`Take back the invitation of ${invitation.email}`}
        onClick={() => revoke.mutate()}
      >
        Take back
      </Button>
    </li>
  );
}

function InviteForm({ onClose }: { onClose(): void }) {
  const cache = useQueryClient();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const invite = useMutation<{ sent: boolean; link: string | null }, ApiProblem>({
    mutationFn: () => api.invite({ email: email.trim(), role }),
    onSuccess: async ({ sent }) => {
      await cache.invalidateQueries({ queryKey: ['invitations'] });
      if (!sent) return;
      toast(`The invitation was mailed to ${email.trim()}`);
      onClose();
    },
  });
  if (invite.data?.link)
    return (
      <div>
        <OneTimeLink
          link={invite.data.link}
          lead={`No mail was sent. Give this link to ${email.trim()}; it works once, for three days.`}
        />
        <DialogActions>
          <Button tone="primary" onClick={onClose}>
            I have copied it
          </Button>
        </DialogActions>
      </div>
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (email.trim()) invite.mutate();
      }}
    >
      <div className="space-y-4">
        <TextField
          label="E-mail"
          type="email"
          value={email}
          maxLength={320}
          error={invite.error?.field('email')}
          onChange={(event) => setEmail(event.target.value)}
        />
        <SelectField
          label="Role"
          hint={roleWords[role]}
          value={role}
          onChange={(event) => setRole(roles.find((each) => each === event.target.value) ?? 'viewer')}
        >
          {roles.map((each) => (
            <option key={each} value={each}>
              {roleName(each)}
            </option>
          ))}
        </SelectField>
        {invite.error && !invite.error.field('email') ? <ProblemNotice error={invite.error} /> : null}
      </div>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="primary" busy={invite.isPending} disabled={!email.includes('@')}>
          Invite
        </Button>
      </DialogActions>
    </form>
  );
}
