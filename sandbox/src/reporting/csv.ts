/** A table as comma-separated values in Stripe's manner: every value in quotes. */
export function csv(rows: Iterable<readonly string[]>): string {
  let text = '';
  for (const row of rows) text += `${row.map(quoted).join(',')}\n`;
  return text;
}

function quoted(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}
