/** Anything JSON can carry. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A JSON object: what tools take and give back. */
export interface JsonObject {
  [key: string]: Json;
}

/** True for a plain JSON object: neither null nor a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text under a key, or undefined where there is none or it is not text. */
export function textAt(value: Json | undefined, key: string): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const found = value[key];
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** The list of objects under a key; anything else in it is left out. */
export function rowsAt(value: Json | undefined, key: string): JsonObject[] {
  if (!isJsonObject(value)) return [];
  const found = value[key];
  return Array.isArray(found) ? found.filter(isJsonObject) : [];
}
