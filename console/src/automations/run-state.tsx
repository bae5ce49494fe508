import type { TaskRun } from '@purser/server/api';
import { Tag, type TagTone } from '../ui/tag.tsx';

const states: Record<TaskRun['status'], { label: string; tone: TagTone }> = {
  queued: { label: 'About to begin', tone: 'accent' },
  running: { label: 'At work', tone: 'accent' },
  awaiting_approval: { label: 'Waiting for you', tone: 'warn' },
  completed: { label: 'Done', tone: 'good' },
  failed: { label: 'Failed', tone: 'danger' },
  cancelled: { label: 'Stopped', tone: 'plain' },
  not_started: { label: 'Did not begin', tone: 'danger' },
};

/** How a run of a task stands. */
export function RunTag({ status }: { status: TaskRun['status'] }) {
  const { label, tone } = states[status];
  return <Tag tone={tone}>{label}</Tag>;
}
