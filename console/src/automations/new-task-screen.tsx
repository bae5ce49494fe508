import type { Task } from '@purser/server/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ApiProblem, api, type TaskFields } from '../api.ts';
import { usePermissions } from '../session.ts';
import { Page } from '../ui/page.tsx';
import { toast } from '../ui/toast.tsx';
import { TaskForm } from './task-form.tsx';

export function NewTaskScreen() {
  const { agent, prompt = '' } = useSearch({ from: '/signed-in/automations/new' });
  const { write } = usePermissions();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const create = useMutation<Task, ApiProblem, TaskFields>({
    mutationFn: (task) => api.createTask(task),
    onSuccess: async (task) => {
      void cache.invalidateQueries({ queryKey: ['tasks'] });
      await navigate({ to: '/automations/$taskId', params: { taskId: task.id } });
      toast('Task made');
    },
  });
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Page title="New task" width="reading" back={{ to: '/automations', label: 'Automations' }}>
      <TaskForm
        task={{
          agentId: agent ?? '',
          connectionId: null,
          name: '',
          prompt,
          trigger: { type: 'schedule', cron: '0 9 * * 1', timezone, missed: 'once' },
        }}
        action="Make the task"
        disabled={!write}
        busy={create.isPending}
        error={create.error}
        onSubmit={create.mutate}
      />
    </Page>
  );
}
