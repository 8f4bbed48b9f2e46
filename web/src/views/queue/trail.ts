// The order of the queue that was left, so that an alert knows its neighbours and the way back.

let ids: readonly string[] = [];
let query = new URLSearchParams();

export function keepTrail(next: readonly string[], from: URLSearchParams) {
  ids = next;
  query = from;
}

export const back = () => query;

export function neighbour(id: string, step: 1 | -1): string | undefined {
  const at = ids.indexOf(id);
  return at < 0 ? undefined : ids[at + step];
}
