import type { Agent, AgentVersion } from '@purser/server/api';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { versionDiffQuery, versionsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { cx } from '../ui/class-names.ts';
import { ConsequenceDialog } from '../ui/consequence-dialog.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { Card } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { ScrollArea } from '../ui/scroll-area.tsx';
import { ShowMore } from '../ui/show-more.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Tag } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';
import { toast } from '../ui/toast.tsx';
import { changesBetween } from './version-words.ts';

/** What the agent was, each time somebody changed it. */
export function AgentVersions({ agent }: { agent: Agent }) {
  const query = useInfiniteQuery(versionsQuery(agent.id));
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <SkeletonRows label="Loading versions" count={4} />;
  const versions = query.data.pages.flatMap((page) => page.data);
  return (
    <Card className="max-w-3xl">
      <ol className="divide-y divide-line">
        {versions.map((version, index) => (
          <VersionRow key={version.version} agent={agent} version={version} before={versions[index + 1]} />
        ))}
      </ol>
      <ShowMore query={query}>Show older</ShowMore>
    </Card>
  );
}

interface VersionRowProps {
  agent: Agent;
  version: AgentVersion;
  before: AgentVersion | undefined;
}

function VersionRow({ agent, version, before }: VersionRowProps) {
  const { write } = usePermissions();
  const [restoring, setRestoring] = useState(false);
  const isCurrent = version.version === agent.version;
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">Version {version.version}</span>
        {isCurrent ? <Tag tone="accent">Now</Tag> : null}
        <span className="text-sm text-muted">
          <bdi>{version.changedBy}</bdi>, <Time at={version.changedAt} />
        </span>
        {isCurrent ? null : (
          <span className="ms-auto">
            <Button size="small" disabled={!write} onClick={() => setRestoring(true)}>
              Restore
            </Button>
          </span>
        )}
      </div>
      <Disclosure label={before ? changesBetween(before, version) : 'As it began'}>
        <Instructions agentId={agent.id} version={version.version} />
      </Disclosure>
      <RestoreVersion agent={agent} version={version} open={restoring} onOpenChange={setRestoring} />
    </li>
  );
}

const marks = { same: ' ', added: '+', removed: '−' } as const;
const colours = { same: '', added: 'bg-good-soft text-good', removed: 'bg-danger-soft text-danger' } as const;

function Instructions({ agentId, version }: { agentId: string; version: number }) {
  const query = useQuery(versionDiffQuery(agentId, version));
  if (query.error) return <ProblemNotice error={query.error} />;
  if (!query.data) return <SkeletonRows label="Comparing" count={2} />;
  const lines = query.data.instructions.map((line, index) => ({ ...line, key: `${index} ${line.text}` }));
  if (lines.length === 0) return <p className="text-sm text-muted">No instructions.</p>;
  return (
    <ScrollArea
      label="Instructions, compared"
      className="mt-2 max-h-96 overflow-auto rounded-md border border-line bg-sunken py-1 font-mono text-sm"
    >
      {lines.map(({ key, change, text }) => (
        <div key={key} className={cx('flex gap-2 px-2 whitespace-pre-wrap', colours[change])}>
          <span aria-hidden="true">{marks[change]}</span>
          <span dir="auto" className="min-w-0 [overflow-wrap:anywhere]">
            {change === 'same' ? null : <span className="sr-only">{change}: </span>}
            {text || ' '}
          </span>
        </div>
      ))}
    </ScrollArea>
  );
}

interface RestoreVersionProps {
  agent: Agent;
  version: AgentVersion;
  open: boolean;
  onOpenChange(open: boolean): void;
}

function RestoreVersion({ agent, version, open, onOpenChange }: RestoreVersionProps) {
  const cache = useQueryClient();
  const restore = useMutation<Agent, ApiProblem>({
    mutationFn: () => api.restoreVersion(agent.id, version.version),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['agents'] });
      toast(`${agent.name} is as in version ${version.version} again`);
      onOpenChange(false);
    },
  });
  return (
    <ConsequenceDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Restore version ${version.version}`}
      action="Restore"
      busy={restore.isPending}
      error={restore.error}
      onConfirm={() => restore.mutate()}
    >
      Name, description, instructions, model and limits become what they were, from its next turn on.
      Connections and policies stay as they are. It becomes a new version, so that this, too, can be undone.
    </ConsequenceDialog>
  );
}
