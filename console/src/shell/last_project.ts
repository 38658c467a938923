const key = 'mobius.project';

/** Where somebody was last, in this browser. */
export function lastProject(): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

export function rememberProject(project: string): void {
  try {
    localStorage.setItem(key, project);
  } catch {
    // Storage is off: next time the first project it is.
  }
}
