import type { PermissionRow } from '@purser/server/api';
import { Check, CircleHelp, TriangleAlert } from 'lucide-react';
import { Card } from '../ui/page.tsx';

const words: Record<PermissionRow['granted'], string> = {
  none: 'None',
  read: 'Read',
  write: 'Write',
  unknown: 'Unknown',
};
const rank = { none: 0, read: 1, write: 2 };

/** Needed beside granted, by the names of Stripe's own page; what is missing comes first. */
export function PermissionMatrix({ rows }: { rows: PermissionRow[] }) {
  if (rows.length === 0) return <p className="text-muted">Stripe did not tell what this key may do.</p>;
  const sorted = rows.toSorted((a, b) => Number(a.ok) - Number(b.ok));
  return (
    <Card className="overflow-hidden">
      <table className="w-full border-collapse">
        <thead>
          <tr className="bg-sunken text-start text-sm text-muted">
            <th scope="col" className="px-4 py-2 text-start font-medium">
              Permission
            </th>
            <th scope="col" className="px-2 py-2 text-start font-medium">
              Needed
            </th>
            <th scope="col" className="px-2 py-2 text-start font-medium">
              Granted
            </th>
            <th scope="col" className="px-4 py-2 text-start font-medium">
              <span className="sr-only">Result</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={row.resource} className="border-t border-line">
              <th scope="row" className="px-4 py-2 text-start font-normal">
                {row.label}
              </th>
              <td className="px-2 py-2 text-muted">{words[row.needed]}</td>
              <td className="px-2 py-2">{words[row.granted]}</td>
              <td className="px-4 py-2">
                <Verdict row={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Verdict({ row }: { row: PermissionRow }) {
  if (row.granted === 'unknown') {
    return (
      <span className="inline-flex items-center gap-1.5 text-muted">
        <CircleHelp size={14} aria-hidden="true" />
        Not told
      </span>
    );
  }
  if (!row.ok) {
    return (
      <span className="inline-flex items-center gap-1.5 font-medium text-danger">
        <TriangleAlert size={14} aria-hidden="true" />
        Missing
      </span>
    );
  }
  const excess = rank[row.granted] > rank[row.needed];
  return (
    <span className={`inline-flex items-center gap-1.5 ${excess ? 'text-warn' : 'text-good'}`}>
      <Check size={14} aria-hidden="true" />
      {excess ? 'More than needed' : 'Enough'}
    </span>
  );
}
