import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';
const key = 'mobius.theme';
const changed = new EventTarget();

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
  changed.dispatchEvent(new Event('change'));
}

function subscribe(tell: () => void): () => void {
  changed.addEventListener('change', tell);
  return () => changed.removeEventListener('change', tell);
}

export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(subscribe, current), choose];
}
