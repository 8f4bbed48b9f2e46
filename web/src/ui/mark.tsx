// The mark: a house that keeps an eye open.
export const Mark = () => (
  <svg className="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
    <path fill="var(--accent)" d="M16 2 3 12v18h26V12z" />
    <circle cx="16" cy="18" r="6" fill="var(--surface)" />
    <circle cx="16" cy="18" r="2.5" fill="var(--accent)" />
  </svg>
);
