import type { ReactNode } from 'react';

/** One thing that can be set: what it is, how it stands, and what can be done. */
export function SettingRow(props: {
  title: string;
  state?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2.5 px-4 py-3">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {props.title}
          {props.state}
        </p>
        <div className="text-muted [overflow-wrap:anywhere]">{props.children}</div>
      </div>
      {props.action ? <div className="flex flex-wrap gap-2">{props.action}</div> : null}
    </li>
  );
}
