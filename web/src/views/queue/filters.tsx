// Filters: a few selects that write the address, and nothing else; what is on is always to be seen and taken off.

import type { RefObject } from "react";
import { OPEN, type Filter } from "../../api/alerts.ts";
import { useLanguage } from "../../i18n/index.tsx";
import { today } from "../../lib/format.ts";
import { href, replace } from "../../lib/route.ts";

const themes = ["payment", "behaviour", "identity", "occupancy", "use-mismatch", "utilities", "location", "history", "corroboration"];

export function write(filter: Filter, key: keyof Filter, value: string) {
  const query = new URLSearchParams(Object.entries({ ...filter, [key]: value }).filter(([, v]) => v !== undefined && v !== "") as [string, string][]);
  replace(href("queue", undefined, query));
}

export function Filters({ filter, first }: { filter: Filter; first: RefObject<HTMLSelectElement | null> }) {
  const { t, w } = useLanguage();
  const on = Object.values(filter).some((value) => value !== undefined);
  const select = (key: keyof Filter, label: string, options: [string, string][], ref?: RefObject<HTMLSelectElement | null>) => (
    <label className={filter[key] === undefined ? "filter" : "filter filter-on"}>
      <span>{label}</span>
      <select ref={ref} value={filter[key] ?? ""} onChange={(event) => write(filter, key, event.target.value)}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div className="filters" role="search" aria-label={t("filter.label")}>
      {select("level", t("filter.level"), [["", t("filter.all")], ...["urgent", "alert", "watch"].map((level): [string, string] => [level, w("level", level)])], first)}
      {select("status", t("filter.status"), [["", t("filter.open")], ...[...OPEN, "closed", "withdrawn"].map((status): [string, string] => [status, w("status", status)])])}
      {select("theme", t("filter.theme"), [["", t("filter.all")], ...themes.map((theme): [string, string] => [theme, w("theme", theme)])])}
      {select("assignee", t("filter.assignee"), [["", t("filter.anyone")], ["me", t("filter.me")], ["none", t("filter.nobody")]])}
      {select("dueBefore", t("filter.due"), [["", t("filter.all")], [today(0), t("filter.late")], [today(1), t("filter.today")], [today(3), t("filter.soon")]])}
      {select("snoozed", t("filter.snoozed"), [["", t("filter.hidden")], ["true", t("filter.only")]])}
      {on && (
        <button type="button" className="filter-clear" onClick={() => replace(href("queue"))}>
          {t("filter.clear")}
        </button>
      )}
    </div>
  );
}
