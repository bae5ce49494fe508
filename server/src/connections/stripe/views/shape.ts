import type { Json } from '../../../tools/tool.ts';

/** A view in the making: absent facts are left out, so that a model reads only what is there. */
export type Draft = { readonly [key: string]: Json | undefined };

/** Leaves out what is undefined, null, an empty text, an empty list or an empty object. */
export function compact(draft: Draft): { [key: string]: Json } {
  const view: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(draft)) {
    if (value === undefined || value === null || value === '') continue;
    if (Array.isArray(value) && value.length === 0) continue;
    if (typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0) continue;
    view[key] = value;
  }
  return view;
}

/** Unix seconds as ISO 8601 in UTC, to the second. */
export function time(seconds: number): string;
export function time(seconds: number | null | undefined): string | undefined;
export function time(seconds: number | null | undefined): string | undefined {
  if (seconds === null || seconds === undefined) return undefined;
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** Metadata for the model: what others put there, without our own mark. */
export function metadataView(
  metadata: Readonly<Record<string, string>> | null | undefined,
): Json | undefined {
  const { purser_op: _, ...rest } = metadata ?? {};
  return Object.keys(rest).length > 0 ? rest : undefined;
}
