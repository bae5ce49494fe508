import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../api.ts';
import { noticesQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { CheckField } from '../ui/check-field.tsx';
import { Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';

/** What this person is written to about; nothing for who may not approve. */
export function Notices() {
  const { approve } = usePermissions();
  return approve ? (
    <Section title="Notices">
      <ApprovalNotices />
    </Section>
  ) : null;
}

function ApprovalNotices() {
  const query = useQuery(noticesQuery());
  const cache = useQueryClient();
  const save = useMutation({
    mutationFn: api.setNotices,
    onSuccess: (saved) => cache.setQueryData(noticesQuery().queryKey, saved),
  });
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <SkeletonRows label="Loading" count={1} />;
  return (
    <>
      <CheckField
        label="Write to me when something waits for my approval"
        hint="One mail for each, or for several at once, when nobody decided it within half a minute."
        checked={save.isPending ? save.variables.approvals : query.data.approvals}
        disabled={save.isPending}
        onChange={(approvals) => save.mutate({ approvals })}
      />
      {save.error ? <ProblemNotice error={save.error} /> : null}
    </>
  );
}
