/** As much of a Markdown tree as tables need. */
interface MarkdownNode {
  type: string;
  value?: string;
  children?: MarkdownNode[];
  align?: (string | null)[] | null;
}

const numberPattern = /^[-−]?\p{Lu}{0,3}\p{Sc}?\s?\d[\d,]*(\.\d+)?( ?%| [A-Z]{3})?$/u;

/** `1,204`, `-€12.50`, `CA$5.00`, `3.5%`, `20.00 USD`. */
export function isNumberText(text: string): boolean {
  return numberPattern.test(text.trim());
}

const datePattern = /^\d{1,2} \p{L}{3} \d{4}$/u;

/** What a cell is put in order by: numbers and amounts by size, days by time, all else as text. */
export function sortKeyOf(text: string): number | string {
  const trimmed = text.trim();
  if (isNumberText(trimmed)) return Number(trimmed.replace('−', '-').replace(/[^\d.-]/g, ''));
  const time = datePattern.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
  return Number.isNaN(time) ? trimmed : time;
}

/** Aligns the columns of a table that hold nothing but numbers at their end, unless the author aligned them. */
export function alignNumberColumns() {
  return (tree: MarkdownNode): void => {
    for (const table of tree.children ?? []) if (table.type === 'table') alignTable(table);
  };
}

function alignTable(table: MarkdownNode) {
  const [head, ...body] = table.children ?? [];
  table.align = (head?.children ?? []).map((_, column) => {
    const own = table.align?.[column];
    if (own) return own;
    const texts = body.map((row) => textOf(row.children?.[column])).filter((text) => text.trim() !== '');
    return texts.length > 0 && texts.every(isNumberText) ? 'right' : null;
  });
}

function textOf(node: MarkdownNode | undefined): string {
  return node?.value ?? (node?.children ?? []).map(textOf).join('');
}
