// Trials of a candidate on all history, what each would change, and the step from a trial to a proposal; and the sets
// that run beside the live one.

import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { backtestQuery, backtestsQuery, lab, rulesetsQuery, shadowsQuery, type Backtest } from "../../api/lab.ts";
import type { Schemas } from "../../api/client.ts";
import { useLanguage } from "../../i18n/index.tsx";
import { useDraft } from "../../lib/drafts.ts";
import { count, moment } from "../../lib/format.ts";
import { AreaField, Button, Heading, Level, SelectField, Tag, Trouble, Waiting } from "../../ui/parts.tsx";
import type { Send } from "./rules.tsx";

const levels = ["urgent", "alert", "watch", "none"] as const;

/** Premises by level, before beside after; the same rows as bars, so that a shift is seen before it is read. */
function LevelsTable({ before, after }: { before: Schemas["Levels"]; after: Schemas["Levels"] }) {
  const { t, lang } = useLanguage();
  const most = Math.max(1, ...levels.slice(0, 3).flatMap((level) => [before[level] ?? 0, after[level] ?? 0]));
  const cell = (n: number, level: string, tone: string) => (
    <td className="num">
      {level !== "none" && <span className={`shift ${tone}`} style={{ inlineSize: `${(n / most) * 6}rem` }} aria-hidden="true" />} {count(n, lang)}
    </td>
  );
  return (
    <table className="levels">
      <thead>
        <tr>
          <th scope="col">{t("col.level")}</th>
          <th scope="col">{t("trial.before")}</th>
          <th scope="col">{t("trial.after")}</th>
        </tr>
      </thead>
      <tbody>
        {levels.map((level) => (
          <tr key={level}>
            <th scope="row">
              <Level level={level} />
            </th>
            {cell(before[level] ?? 0, level, "shift-before")}
            {cell(after[level] ?? 0, level, "shift-after")}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Result({ id }: { id: string }) {
  const { t, lang } = useLanguage();
  const trial = useQuery(backtestQuery(id));
  const result = trial.data?.result;
  if (trial.isPending) return <Waiting />;
  if (result === undefined) return <Trouble error={trial.error} />;
  return (
    <div className="behind-inside">
      <p>{t("trial.over", { premises: count(result.premises ?? 0, lang), facts: count(result.facts ?? 0, lang) })}</p>
      {result.levels?.before !== undefined && result.levels.after !== undefined && <LevelsTable before={result.levels.before} after={result.levels.after} />}
      {result.changes !== undefined && <p>{t("trial.changes", { gained: result.changes.gained ?? 0, lost: result.changes.lost ?? 0, same: count(result.changes.same ?? 0, lang) })}</p>}
    </div>
  );
}

function Propose({ trial, send }: { trial: Backtest; send: Send }) {
  const { t } = useLanguage();
  const [reason, setReason, forget] = useDraft(`propose ${trial.id}`, "");
  return (
    <form className="work-form" onSubmit={(event: FormEvent) => (event.preventDefault(), send(() => lab.propose(trial, reason), t("trial.proposed"), forget))}>
      <AreaField label={t("trial.reason")} rows={2} required minLength={10} maxLength={4000} value={reason} onChange={(event) => setReason(event.target.value)} />
      <div className="buttons">
        <Button type="submit" purpose="primary">
          {t("trial.propose")}
        </Button>
      </div>
    </form>
  );
}

function One({ trial, send, policy }: { trial: Backtest; send: Send; policy: boolean }) {
  const { t, w, lang } = useLanguage();
  const [open, setOpen] = useState(false);
  return (
    <li className="lab-item">
      <p className="referral-head">
        <strong>
          {trial.candidate.name} {trial.candidate.version}
        </strong>
        <Tag tone={trial.status === "done" ? "calm" : trial.status === "failed" ? "urgent" : "accent"}>{w("trial", trial.status)}</Tag>
        {trial.status === "running" && <progress max={trial.progress?.total ?? 1} value={trial.progress?.done ?? 0} aria-label={w("trial", "running")} />}
        <span className="hint">{trial.requestedAt != null && `${trial.requestedBy ?? ""} ${moment(trial.requestedAt, lang)}`}</span>
      </p>
      {trial.status === "done" && (
        <details className="behind" onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{t("trial.result")}</summary>
          {open && <Result id={trial.id} />}
          {open && policy && <Propose trial={trial} send={send} />}
        </details>
      )}
    </li>
  );
}

export function Trials({ send, policy }: { send: Send; policy: boolean }) {
  const { t } = useLanguage();
  const items = useQuery(backtestsQuery()).data?.items ?? [];
  const sets = useQuery(rulesetsQuery()).data?.items ?? [];
  const [chosen, setChosen] = useState<string | undefined>();
  const candidate = chosen ?? sets[0]?.sha256;
  return (
    <section className="panel" aria-labelledby="trials">
      <Heading level={2} id="trials">
        {t("trial.title")}
      </Heading>
      <p className="hint">{t("trial.lead")}</p>
      {policy && candidate !== undefined && (
        <form className="trial-start" onSubmit={(event) => (event.preventDefault(), send(() => lab.start(candidate), t("trial.started")))}>
          <SelectField label={t("trial.candidate")} value={candidate} onChange={(event) => setChosen(event.target.value)}>
            {sets.map((set) => (
              <option key={set.sha256} value={set.sha256}>
                {set.name} {set.version} · {set.sha256.slice(0, 12)}
              </option>
            ))}
          </SelectField>
          <Button type="submit">{t("trial.start")}</Button>
        </form>
      )}
      <ul className="lab-list">
        {items.map((trial) => (
          <One key={trial.id} trial={trial} send={send} policy={policy} />
        ))}
      </ul>
    </section>
  );
}

export function Shadows() {
  const { t } = useLanguage();
  const items = useQuery(shadowsQuery()).data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="shadows">
      <Heading level={2} id="shadows">
        {t("shadow.title")}
      </Heading>
      <ul className="lab-list">
        {items.map((shadow) => (
          <li className="lab-item" key={shadow.sha256}>
            <strong>
              {shadow.ruleset?.name} {shadow.ruleset?.version}
            </strong>{" "}
            {t("shadow.line", { premises: shadow.premises ?? 0, gained: shadow.gained ?? 0, lost: shadow.lost ?? 0 })}
          </li>
        ))}
      </ul>
    </section>
  );
}
