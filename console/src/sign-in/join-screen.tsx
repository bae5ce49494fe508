import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { roleWords } from '../cards/role-words.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Door } from './door.tsx';

/** Somebody was invited; the link's token stands after the #, where no server's log sees it. */
export function JoinScreen() {
  const [token] = useState(() => location.hash.slice(1));
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => api.lookAtInvitation(token),
    retry: false,
  });
  if (invitation.error)
    return (
      <Door title="This invitation no longer works">
        <div className="mt-4">
          <ProblemNotice error={invitation.error} />
        </div>
      </Door>
    );
  if (!invitation.data)
    return (
      <Door title="Join Purser">
        <SkeletonRows label="Loading the invitation" count={2} />
      </Door>
    );
  const { email, role, invitedBy } = invitation.data;
  return (
    <Door
      title="Join Purser"
      lead={
        <>
          <bdi>{invitedBy}</bdi> invites <bdi className="break-all">{email}</bdi>. {roleWords[role]}
        </>
      }
    >
      <JoinForm token={token} email={email} />
    </Door>
  );
}

function JoinForm({ token, email }: { token: string; email: string }) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const join = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.acceptInvitation({ token, name: name.trim(), password }),
    onSuccess: () => {
      cache.clear();
      void navigate({ to: '/' });
    },
  });
  const fields = ['name', 'password'];
  const isElsewhere = join.error && !fields.some((field) => join.error.field(field));
  return (
    <form
      className="mt-6 space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        join.mutate();
      }}
    >
      {/* Password managers remember it by this. */}
      <input type="hidden" name="email" autoComplete="username" value={email} readOnly />
      <TextField
        label="Your name"
        autoComplete="name"
        value={name}
        maxLength={120}
        error={join.error?.field('name')}
        onChange={(event) => setName(event.target.value)}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        hint="At least 12 characters. A sentence only you would write is good."
        value={password}
        maxLength={128}
        error={join.error?.field('password')}
        onChange={(event) => setPassword(event.target.value)}
      />
      {isElsewhere ? <ProblemNotice error={join.error} /> : null}
      <Button
        type="submit"
        tone="primary"
        className="w-full"
        busy={join.isPending}
        disabled={!name.trim() || password.length < 12}
      >
        Join
      </Button>
    </form>
  );
}
