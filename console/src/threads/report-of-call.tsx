import type { Json, Report, ToolCall } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { ReportCard } from '../cards/report-card.tsx';
import { threadQuery, toolCallQuery } from '../queries.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Bone, Skeleton } from '../ui/skeleton.tsx';

/** Whether a call made a report: its view says so. */
export function madeReport({ status, output }: ToolCall): boolean {
  return status === 'completed' && isObject(output) && output.object === 'report';
}

/** The report a call made, whole: the model was shown less of it. */
export function ReportOfCall({ call, threadId }: { call: ToolCall; threadId: string }) {
  const currency = useQuery(threadQuery(threadId)).data?.connection?.account.defaultCurrency;
  const query = useQuery(toolCallQuery(threadId, call.id));
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data)
    return (
      <Skeleton label="Loading the report">
        <Bone className="h-72 w-full rounded-lg" />
      </Skeleton>
    );
  const { record } = query.data;
  if (!isReport(record)) return null;
  const path = `/api/threads/${threadId}/tool-calls/${call.id}/tables`;
  return <ReportCard report={record} currency={currency} csvOf={(table) => `${path}/${table}`} />;
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isReport(record: unknown): record is Report {
  return typeof record === 'object' && record !== null && 'tables' in record && 'tieOut' in record;
}
