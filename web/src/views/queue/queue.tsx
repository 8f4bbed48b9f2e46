// The queue: the most urgent first. One grid with one focus; every row can be reached, chosen and acted on by keyboard.

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { alertQuery, change, queue, readFilter, takeNext, type Alert } from "../../api/alerts.ts";
import { ApiError } from "../../api/client.ts";
import { useLanguage } from "../../i18n/index.tsx";
import { useKeys } from "../../lib/keys.ts";
import { go, href, type Place } from "../../lib/route.ts";
import { Button, Empty, Key, Trouble, ViewTitle, Waiting } from "../../ui/parts.tsx";
import { useTell } from "../../ui/toasts.tsx";
import { Filters } from "./filters.tsx";
import { AlertGrid } from "./grid.tsx";
import { keepTrail } from "./trail.ts";

export function Queue({ place }: { place: Place }) {
  const { t } = useLanguage();
  const tell = useTell();
  const queries = useQueryClient();
  const filter = useMemo(() => readFilter(place.query), [place.query]);
  const list = useInfiniteQuery(queue(filter));
  const alerts = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const search = useRef<HTMLSelectElement>(null);
  const row = Math.min(at, Math.max(alerts.length - 1, 0));
  const current: Alert | undefined = alerts[row];

  useEffect(() => keepTrail(alerts.map((alert) => alert.id), place.query), [alerts, place.query]);

  const open = useCallback((alert: Alert | undefined) => alert !== undefined && go(href("alert", alert.id)), []);
  const toggle = (id: string) =>
    setChosen((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });

  async function next() {
    try {
      const alert = await takeNext();
      if (alert === undefined) tell(t("queue.noNext"));
      else go(href("alert", alert.id));
    } catch (error) {
      tell(error instanceof ApiError ? error.message : t("trouble.network"));
    }
  }

  async function claim() {
    if (current === undefined) return;
    try {
      await change.claim(await queries.fetchQuery({ ...alertQuery(current.id), staleTime: 0 }));
      tell(t("queue.claimed"));
    } catch (error) {
      tell(error instanceof ApiError ? error.message : t("trouble.network"));
    }
    await queries.invalidateQueries({ queryKey: ["alerts"] });
  }

  useKeys([
    { key: "j", text: "key.down", run: () => setAt(Math.min(row + 1, alerts.length - 1)) },
    { key: "k", text: "key.up", run: () => setAt(Math.max(row - 1, 0)) },
    { key: "ArrowDown", text: "key.down", run: () => setAt(Math.min(row + 1, alerts.length - 1)), hidden: true },
    { key: "ArrowUp", text: "key.up", run: () => setAt(Math.max(row - 1, 0)), hidden: true },
    { key: "Enter", text: "key.open", run: () => open(current) },
    { key: "o", text: "key.open", run: () => open(current), hidden: true },
    { key: "x", text: "key.choose", run: () => current !== undefined && toggle(current.id) },
    { key: "c", text: "key.claim", run: () => void claim() },
    { key: "t", text: "key.next", run: () => void next() },
    { key: "/", text: "key.filter", run: () => search.current?.focus() },
  ]);

  return (
    <>
      <div className="queue-head">
        <ViewTitle text={t("queue.title")} />
        <Button purpose="primary" onClick={() => void next()}>
          {t("queue.next")} <Key>t</Key>
        </Button>
      </div>
      <Filters filter={filter} first={search} />
      <Trouble error={list.error} />
      {list.isPending ? (
        <Waiting />
      ) : alerts.length === 0 ? (
        <Empty title={t("queue.empty")}>
          <p>{t("queue.emptyHint")}</p>
        </Empty>
      ) : (
        <AlertGrid alerts={alerts} at={row} chosen={chosen} onAt={setAt} onToggle={toggle} onOpen={open} more={list.hasNextPage} onMore={() => !list.isFetchingNextPage && void list.fetchNextPage()} />
      )}
      <p className="hint queue-hint">
        <Key>j</Key> <Key>k</Key> {t("queue.hintMove")} · <Key>↵</Key> {t("queue.hintOpen")} · <Key>c</Key> {t("queue.hintClaim")} · <Key>?</Key> {t("queue.hintHelp")}
      </p>
    </>
  );
}
