export type Theme = 'system' | 'light' | 'dark';

const key = 'purser.theme';

/** What this browser was told; applied by `theme.js` before the first paint. */
export function savedTheme(): Theme {
  const saved = localStorage.getItem(key);
  return saved === 'light' || saved === 'dark' ? saved : 'system';
}

export function saveTheme(theme: Theme) {
  if (theme === 'system') localStorage.removeItem(key);
  else localStorage.setItem(key, theme);
  window.dispatchEvent(new Event('purser:theme'));
}
