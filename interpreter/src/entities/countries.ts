/** Two-letter codes by English name, from the names the runtime itself knows. */
let codes: Map<string, string> | undefined;

function countryCodes(): Map<string, string> {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const found = new Map<string, string>();
  for (let first = 65; first <= 90; first += 1)
    for (let second = 65; second <= 90; second += 1) {
      const code = String.fromCharCode(first, second);
      // Codes of countries that are no more stand for those that took their place.
      if (Intl.getCanonicalLocales(`und-${code}`)[0] !== `und-${code}`) continue;
      const name = names.of(code);
      if (name && !found.has(name.toLowerCase())) found.set(name.toLowerCase(), code);
    }
  return found;
}

/** The country a text names, as ISO 3166-1 alpha-2. */
export function countryIn(text: string): { code: string; name: string } | undefined {
  codes ??= countryCodes();
  const lower = ` ${text.toLowerCase().replace(/[^\p{L}]+/gu, ' ')} `;
  for (const [name, code] of codes) if (lower.includes(` ${name} `)) return { code, name };
  return undefined;
}
