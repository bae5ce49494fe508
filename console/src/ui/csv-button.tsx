import { Download } from 'lucide-react';
import { buttonClass } from './button.tsx';
import { csvOf } from './csv.ts';
import { download } from './download.ts';

interface CsvButtonProps {
  /** Of the file, without its ending. */
  name: string;
  columns: readonly string[];
  rows(): readonly (readonly string[])[];
}

/** Takes a table along. */
export function CsvButton({ name, columns, rows }: CsvButtonProps) {
  return (
    <button
      type="button"
      onClick={() => download(`${name}.csv`, csvOf(columns, rows()), 'text/csv')}
      className={`${buttonClass('quiet', 'small')} print:hidden`}
    >
      <Download size={13} aria-hidden="true" />
      CSV
    </button>
  );
}
