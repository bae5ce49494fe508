import type { Task } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Ellipsis, Pause, PenLine, Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { type ApiProblem, api, type TaskFields } from '../api.ts';
import { taskQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { ConsequenceDialog } from '../ui/consequence-dialog.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { Name } from '../ui/name.tsx';
import { Card, Facts, Page, Section } from '../ui/page.tsx';
import { ProblemNotice, ProblemScreen } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Tag } from '../ui/tag.tsx';
import { exactTime } from '../ui/time-words.ts';
import { toast } from '../ui/toast.tsx';
import { TaskForm } from './task-form.tsx';
import { TaskRuns } from './task-runs.tsx';

const back = { to: '/automations', label: 'Automations' };

export function TaskScreen() {
  const { taskId } = useParams({ from: '/signed-in/automations/$taskId' });
  const query = useQuery(taskQuery(taskId));
  if (query.data) return <TaskPage key={taskId} task={query.data} />;
  if (query.error) return <ProblemScreen error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Page title="Task" heading={<span className="sr-only">Task</span>} width="reading" back={back}>
      <SkeletonRows label="Loading the task" />
    </Page>
  );
}

function useChange(task: Task) {
  const cache = useQueryClient();
  return useMutation<Task, ApiProblem, Partial<TaskFields> & { enabled?: boolean }>({
    mutationFn: (change) => api.updateTask(task.id, change),
    onSuccess: (changed) => cache.setQueryData(['tasks', 'one', task.id], changed),
    onSettled: () => cache.invalidateQueries({ queryKey: ['tasks'] }),
  });
}

function TaskPage({ task }: { task: Task }) {
  const { write } = usePermissions();
  const [editing, setEditing] = useState(false);
  const change = useChange(task);
  const { agentId, connectionId, name, prompt, trigger } = task;
  return (
    <Page
      title={task.name}
      lead={task.enabled ? undefined : <Tag>Paused</Tag>}
      width="reading"
      back={back}
      actions={<Actions task={task} onEdit={() => setEditing(true)} />}
    >
      {editing ? (
        <TaskForm
          task={{ agentId, connectionId, name, prompt, trigger }}
          action="Save task"
          disabled={!write}
          busy={change.isPending}
          error={change.error}
          onSubmit={(fields) => change.mutate(fields, { onSuccess: () => setEditing(false) })}
          onCancel={() => setEditing(false)}
        />
      ) : (
        <Card>
          <Facts
            rows={[
              {
                label: 'Agent',
                value: (
                  <Link
                    to="/agents/$agentId/{-$tab}"
                    params={{ agentId }}
                    className="rounded text-accent hover:underline"
                  >
                    <Name>{task.agentName}</Name>
                  </Link>
                ),
              },
              { label: 'When', value: task.when },
              ...(task.nextRunAt ? [{ label: 'Next run', value: exactTime(task.nextRunAt) }] : []),
              {
                label: 'What to do',
                value: (
                  <span dir="auto" className="whitespace-pre-line">
                    <Name>{prompt}</Name>
                  </span>
                ),
              },
            ]}
          />
        </Card>
      )}
      <Section title="Runs">
        <TaskRuns taskId={task.id} />
      </Section>
    </Page>
  );
}

function Actions({ task, onEdit }: { task: Task; onEdit(): void }) {
  const { write } = usePermissions();
  const [deleting, setDeleting] = useState(false);
  const cache = useQueryClient();
  const change = useChange(task);
  const run = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.runTask(task.id),
    onSuccess: () => toast('It has begun'),
    onSettled: () => cache.invalidateQueries({ queryKey: ['tasks'] }),
  });
  const error = change.error ?? run.error;
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      <Button disabled={!write} busy={run.isPending} onClick={() => run.mutate()}>
        <Play size={14} aria-hidden="true" />
        Run now
      </Button>
      {task.trigger.type === 'manual' ? null : (
        <Button
          disabled={!write}
          busy={change.isPending}
          onClick={() => change.mutate({ enabled: !task.enabled })}
        >
          {task.enabled ? <Pause size={14} aria-hidden="true" /> : <Play size={14} aria-hidden="true" />}
          {task.enabled ? 'Pause' : 'Go on'}
        </Button>
      )}
      <Menu
        trigger={
          <IconButton label="Task actions">
            <Ellipsis size={16} aria-hidden="true" />
          </IconButton>
        }
      >
        <MenuItem icon={<PenLine size={14} />} disabled={!write} onSelect={onEdit}>
          Change the task
        </MenuItem>
        <MenuItem icon={<Trash2 size={14} />} danger disabled={!write} onSelect={() => setDeleting(true)}>
          Delete task
        </MenuItem>
      </Menu>
      {error ? (
        <div className="w-full">
          <ProblemNotice error={error} />
        </div>
      ) : null}
      <DeleteTask task={task} open={deleting} onOpenChange={setDeleting} />
    </div>
  );
}

interface DeleteTaskProps {
  task: Task;
  open: boolean;
  onOpenChange(open: boolean): void;
}

function DeleteTask({ task, open, onOpenChange }: DeleteTaskProps) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const remove = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.deleteTask(task.id),
    onSuccess: async () => {
      await navigate({ to: '/automations', search: {} });
      await cache.invalidateQueries({ queryKey: ['tasks'] });
      toast(`${task.name} was deleted`);
    },
  });
  return (
    <ConsequenceDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete ${task.name}`}
      action="Delete task"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
    >
      It does not run any more. The threads of its runs stay to be read.
    </ConsequenceDialog>
  );
}
