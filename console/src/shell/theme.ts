import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';
const key = 'mobius.theme';
const changed = 'mobius:theme';

/** The theme somebody chose; `public/theme.js` reads it before the first paint. */
function current(): Theme {
  const set = document.documentElement.dataset.theme;
  return set === 'light' || set === 'dark' ? set : 'system';
}

function choose(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(key, theme);
  } catch {
    // Storage is off: it holds for this page.
  }
  document.dispatchEvent(new Event(changed));
}

function subscribe(tell: () => void): () => void {
  document.addEventListener(changed, tell);
  return () => document.removeEventListener(changed, tell);
}

export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(subscribe, current), choose];
}
