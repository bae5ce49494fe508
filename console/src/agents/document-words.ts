import type { KnowledgeDocument } from '@purser/server/api';

const kinds: Record<KnowledgeDocument['kind'], string> = {
  ...{ markdown: 'Markdown', text: 'Text', pdf: 'PDF', csv: 'CSV', html: 'HTML' },
};

export const kindWord = (kind: KnowledgeDocument['kind']): string => kinds[kind];

/** `12 kB`, `1.4 MB` */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** What the picker and the drop take for documents; the rest of a folder is passed over. */
const endings = ['.md', '.markdown', '.mdx', '.txt', '.text', '.pdf', '.csv', '.tsv', '.html', '.htm'];
export const acceptedEndings = endings.join(',');

export function isDocument(name: string): boolean {
  return endings.some((ending) => name.toLowerCase().endsWith(ending));
}

/** How the agent will know a file: with its folders, where it came with them. */
export function documentName(file: Pick<File, 'name' | 'webkitRelativePath'>): string {
  const path = file.webkitRelativePath || file.name;
  return path.length <= 200 ? path : path.slice(-200);
}
