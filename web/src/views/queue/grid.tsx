// The rows. Only those in sight are in the page, however long the queue; the grid itself holds the focus and says
// which row is current.

import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef } from "react";
import type { Alert } from "../../api/alerts.ts";
import { useLanguage } from "../../i18n/index.tsx";
import { day, isPast, moment, points, span } from "../../lib/format.ts";
import { placeName, placeTown } from "../../ui/place.tsx";
import { Level } from "../../ui/parts.tsx";

type Props = {
  alerts: Alert[];
  at: number;
  chosen: ReadonlySet<string>;
  onAt: (row: number) => void;
  onToggle: (id: string) => void;
  onOpen: (alert: Alert) => void;
  more: boolean;
  onMore: () => void;
};

const ROW = 58;

function Why({ alert }: { alert: Alert }) {
  const { w } = useLanguage();
  const why = alert.why ?? [];
  return (
    <>
      <span className="why-line">{why.map((reason) => reason.title).join(" · ")}</span>
      <span className="why-themes">{(alert.themes ?? []).map((theme) => w("theme", theme)).join(", ")}</span>
    </>
  );
}

function Row({ alert, chosen, current, index, props }: { alert: Alert; chosen: boolean; current: boolean; index: number; props: Props }) {
  const { t, w, lang } = useLanguage();
  const late = isPast(alert.dueAt) && !["closed", "withdrawn", "referred", "awaiting-outcome"].includes(alert.status);
  return (
    <>
      <div role="gridcell" className="cell-choose">
        <input type="checkbox" tabIndex={-1} checked={chosen} aria-label={t("queue.choose", { place: placeName(alert.premises) })} onChange={() => (props.onAt(index), props.onToggle(alert.id))} onClick={(event) => event.stopPropagation()} />
      </div>
      <div role="gridcell" className="cell-level">
        <Level level={alert.level} />
      </div>
      <div role="gridcell" className="cell-place">
        <a className="place" href={`#/alert/${alert.id}`} tabIndex={-1} aria-current={current || undefined}>
          {placeName(alert.premises)}
        </a>
        <span className="place-more">
          {[w("type", alert.premises.type ?? ""), placeTown(alert.premises)].filter(Boolean).join(", ")}
          {alert.disputed === true && <em> · {t("queue.disputed")}</em>}
          {alert.previousDecision != null && <em> · {t("queue.again")}</em>}
        </span>
      </div>
      <div role="gridcell" className="cell-why">
        <Why alert={alert} />
      </div>
      <div role="gridcell" className="cell-score num">{points(alert.score, lang)}</div>
      <div role="gridcell" className="cell-age" title={moment(alert.raisedAt, lang)}>
        {span(alert.raisedAt, lang)}
      </div>
      <div role="gridcell" className={late ? "cell-due late" : "cell-due"} title={day(alert.dueAt, lang)}>
        {alert.snoozedUntil != null ? t("queue.snoozed", { day: day(alert.snoozedUntil, lang) }) : span(alert.dueAt, lang)}
      </div>
      <div role="gridcell" className="cell-who">
        {alert.assignee != null ? (
          <>
            <strong>{alert.assignee}</strong> <span>{w("status", alert.status)}</span>
          </>
        ) : (
          <span>{w("status", alert.status)}</span>
        )}
      </div>
    </>
  );
}

export function AlertGrid(props: Props) {
  const { alerts, at, more, onMore } = props;
  const { t } = useLanguage();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: alerts.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 12, getItemKey: (index) => alerts[index]!.id });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;

  useEffect(() => {
    if (more && last >= alerts.length - 20) onMore();
  }, [more, last, alerts.length, onMore]);
  useEffect(() => void rows.scrollToIndex(at, { align: "auto" }), [at, rows]);
  useLayoutEffect(() => void scroller.current?.focus({ preventScroll: true }), []);

  const heads = ["", t("col.level"), t("col.place"), t("col.why"), t("col.score"), t("col.age"), t("col.due"), t("col.who")];
  return (
    <div className="grid" ref={scroller} role="grid" aria-label={t("queue.title")} aria-rowcount={more ? -1 : alerts.length + 1} aria-multiselectable="true" tabIndex={0} aria-activedescendant={alerts[at] === undefined ? undefined : `row-${alerts[at].id}`}>
      <div className="grid-head" role="row" aria-rowindex={1}>
        {heads.map((head, i) => (
          <div role="columnheader" key={i} className={["cell-choose", "cell-level", "cell-place", "cell-why", "cell-score num", "cell-age", "cell-due", "cell-who"][i]}>
            {head === "" ? <span className="unseen">{t("col.choose")}</span> : head}
          </div>
        ))}
      </div>
      <div className="grid-rows" role="rowgroup" style={{ height: rows.getTotalSize() }}>
        {items.map((item) => {
          const alert = alerts[item.index]!;
          const chosen = props.chosen.has(alert.id);
          return (
            <div
              key={item.key}
              ref={rows.measureElement}
              data-index={item.index}
              id={`row-${alert.id}`}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={chosen}
              className={`row row-${alert.level}${item.index === at ? " row-at" : ""}${chosen ? " row-chosen" : ""}`}
              style={{ transform: `translateY(${item.start}px)` }}
              onClick={(event) => {
                props.onAt(item.index);
                if (!(event.target as HTMLElement).closest("a, input")) props.onOpen(alert);
              }}
            >
              <Row alert={alert} chosen={chosen} current={item.index === at} index={item.index} props={props} />
            </div>
          );
        })}
      </div>
    </div>
  );
}
