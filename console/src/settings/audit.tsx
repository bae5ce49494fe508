import type { AuditEntry, Verification } from '@purser/server/api';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { ScrollText } from 'lucide-react';
import { useState } from 'react';
import { type ApiProblem, type AuditFilter, api } from '../api.ts';
import { auditQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { CopyId } from '../ui/copy-button.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { JsonView } from '../ui/json-view.tsx';
import { Name } from '../ui/name.tsx';
import { Card } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Time } from '../ui/time.tsx';
import { useDebounced } from '../ui/use-debounced.ts';
import { aboutWords, actionWords, auditKinds } from './audit-words.ts';

const restMs = 300;

/** The record of everything that was done: filtered, checked, taken along. */
export function Audit() {
  const [filter, setFilter] = useState<AuditFilter>({});
  const rested = useDebounced(filter, restMs);
  const query = useInfiniteQuery(auditQuery(rested));
  const entries = query.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <>
      <Checks filter={rested} />
      <Filters filter={filter} onChange={setFilter} />
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonRows label="Loading the record" /> : null}
      {query.data ? (
        <Card>
          {entries.length === 0 ? (
            <EmptyState icon={<ScrollText size={20} />} title="Nothing like that">
              Take a filter away: whatever changed something is in the record.
            </EmptyState>
          ) : (
            <ul aria-label="Entries" className="divide-y divide-line">
              {entries.map((entry) => (
                <Entry key={entry.seq} entry={entry} />
              ))}
            </ul>
          )}
        </Card>
      ) : null}
      {query.hasNextPage ? (
        <div className="mt-3 text-center">
          <Button tone="quiet" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show older entries
          </Button>
        </div>
      ) : null}
    </>
  );
}

function Checks({ filter }: { filter: AuditFilter }) {
  const { own } = usePermissions();
  const verify = useMutation<Verification, ApiProblem>({ mutationFn: () => api.verifyAudit() });
  return (
    <div className="mb-4">
      <p className="mb-3 text-muted">Each entry holds the one before it: what is changed is noticed.</p>
      <div className="flex flex-wrap items-center gap-2">
        <Button busy={verify.isPending} onClick={() => verify.mutate()}>
          Verify now
        </Button>
        {own ? (
          <>
            <a className={buttonClass()} href={api.auditExportUrl(filter, 'csv')} download>
              Export CSV
            </a>
            <a className={buttonClass()} href={api.auditExportUrl(filter, 'jsonl')} download>
              Export JSON
            </a>
          </>
        ) : null}
      </div>
      <div role="status" className="mt-2">
        {verify.data ? <Verdict verdict={verify.data} /> : null}
      </div>
      {verify.error ? <ProblemNotice error={verify.error} /> : null}
    </div>
  );
}

function Verdict({ verdict }: { verdict: Verification }) {
  if (verdict.ok) return <p className="text-good">Intact: {verdict.entries} entries.</p>;
  return (
    <p className="text-danger">
      Broken at entry {verdict.seq}: {verdict.why}. The {verdict.entries} before it are intact.
    </p>
  );
}

function Filters({ filter, onChange }: { filter: AuditFilter; onChange(filter: AuditFilter): void }) {
  const set = (change: AuditFilter) => onChange({ ...filter, ...change });
  return (
    <div className="mb-4 grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
      <SelectField
        label="What"
        value={filter.action ?? ''}
        onChange={(event) => set({ action: event.target.value })}
      >
        {auditKinds.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      <TextField
        label="Who"
        placeholder="Name or id"
        maxLength={200}
        value={filter.actor ?? ''}
        onChange={(event) => set({ actor: event.target.value })}
      />
      <TextField
        label="From"
        type="date"
        value={filter.from ?? ''}
        onChange={(event) => set({ from: event.target.value })}
      />
      <TextField
        label="Until"
        type="date"
        hint="UTC, not included"
        value={filter.to ?? ''}
        onChange={(event) => set({ to: event.target.value })}
      />
    </div>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const about = aboutWords(entry);
  return (
    <li className="px-4 py-2.5">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span className="min-w-12 font-mono text-xs text-muted">{entry.seq}</span>
        <span className="min-w-40 flex-1 font-medium">{actionWords(entry.action)}</span>
        <span dir="auto" className="min-w-0 max-w-60 truncate">
          <Name>{entry.actor.name}</Name>
        </span>
        <Time at={entry.at} className="min-w-20 text-sm text-muted sm:text-end" />
      </div>
      {about ? (
        <p dir="auto" className="truncate text-sm text-muted">
          {about}
        </p>
      ) : null}
      <Disclosure label="Details" aside={entry.subject ? <CopyId id={entry.subject} /> : undefined}>
        <JsonView label={`Entry ${entry.seq}`} value={entry} />
      </Disclosure>
    </li>
  );
}
