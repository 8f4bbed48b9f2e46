// What this browser remembers between visits: language, theme, and whether
// somebody was signed in. Never facts, words or names.

const prefix = "pandwacht.";

export function recall(name: string): string | undefined {
  try {
    return localStorage.getItem(prefix + name) ?? undefined;
  } catch {
    return undefined; // a browser that keeps nothing
  }
}

export function remember(name: string, value: string | undefined) {
  try {
    if (value === undefined) localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, value);
  } catch {
    // as above
  }
}
