/** Postgres keeps neither NUL nor half of a surrogate pair: both become U+FFFD, as a decoder would do it. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd');
}

/** The text for a jsonb column: always this instead of `JSON.stringify`, since people and models send any characters. */
export function jsonb(value: unknown): string {
  const text = JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'string' ? storableText(item) : item,
  );
  // Undefined and functions have no JSON; a missing value is null.
  return text ?? 'null';
}
