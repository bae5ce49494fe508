/** Joins what is truthy, so that a class can depend on a condition. */
export function cx(...parts: (string | false | null | undefined)[]): string {
  return parts.filter(Boolean).join(' ');
}
