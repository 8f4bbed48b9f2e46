// The rules in force, in plain language, with how precise each has proved; and how the next set comes into force:
// tried on all history, proposed by one person, approved by another.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "../../api/client.ts";
import { rulesQuery, type Rule } from "../../api/lab.ts";
import { has, useSession } from "../../api/session.ts";
import { useLanguage } from "../../i18n/index.tsx";
import { day, points } from "../../lib/format.ts";
import { Heading, Tag, Trouble, ViewTitle, Waiting } from "../../ui/parts.tsx";
import { useTell } from "../../ui/toasts.tsx";
import { Publishing } from "./publishing.tsx";
import { Shadows, Trials } from "./trials.tsx";

export type Send = (call: () => Promise<unknown>, done: string, then?: () => void) => void;

const percent = (share: number) => Math.round(share * 100);

/** A share between its bounds: the interval as a bar, the estimate as a mark on it, and both in words. */
function Precision({ rule }: { rule: Rule }) {
  const { t } = useLanguage();
  const verdicts = rule.performance?.verdicts;
  const share = verdicts?.precision;
  const n = (verdicts?.founded ?? 0) + (verdicts?.unfounded ?? 0);
  if (share == null) return <span className="hint">{t("rules.unmeasured", { n })}</span>;
  return (
    <span className="precision">
      <span className="precision-bar" aria-hidden="true">
        <span className="precision-range" style={{ insetInlineStart: `${percent(share.low)}%`, inlineSize: `${Math.max(percent(share.high - share.low), 1)}%` }} />
        <span className="precision-mark" style={{ insetInlineStart: `${percent(share.estimate)}%` }} />
      </span>
      <span className="hint">{t("rules.precision", { estimate: percent(share.estimate), low: percent(share.low), high: percent(share.high), n })}</span>
    </span>
  );
}

function One({ rule }: { rule: Rule }) {
  const { t, w, lang } = useLanguage();
  return (
    <li className="rule">
      <div className="rule-head">
        <span className="rule-points num">{points(rule.points, lang)}</span>
        <span className="rule-title">
          {rule.title} {rule.status === "draft" && <Tag tone="accent">{t("ledger.draft")}</Tag>} {rule.performance?.state === "imprecise" && <Tag tone="alert">{t("rules.imprecise")}</Tag>}
        </span>
        <Precision rule={rule} />
      </div>
      <p className="rule-explain">{rule.explain}</p>
      <details className="behind">
        <summary>{t("rules.more", { id: rule.id })}</summary>
        <dl className="pairs">
          <dt>{t("ledger.innocent")}</dt>
          <dd>{(rule.innocent ?? []).join(" · ")}</dd>
          <dt>{t("ledger.source")}</dt>
          <dd className="rule-source">
            {rule.source} {rule.grade !== undefined && <Tag>{w("grade", rule.grade)}</Tag>}
          </dd>
          {rule.reviewBy !== undefined && (
            <>
              <dt>{t("rules.review")}</dt>
              <dd>{day(rule.reviewBy, lang)}</dd>
            </>
          )}
          <dt>{t("rules.condition")}</dt>
          <dd>
            <code className="rule-condition">{rule.condition}</code>
          </dd>
        </dl>
      </details>
    </li>
  );
}

function byTheme(rules: Rule[]): [string, Rule[]][] {
  const themes = new Map<string, Rule[]>();
  for (const rule of rules) themes.set(rule.theme, [...(themes.get(rule.theme) ?? []), rule]);
  return [...themes];
}

export default function Rules() {
  const { t, w } = useLanguage();
  const session = useSession().data!;
  const tell = useTell();
  const queries = useQueryClient();
  const list = useQuery(rulesQuery());
  const work = useMutation({ mutationFn: (call: () => Promise<unknown>) => call(), onSettled: () => queries.invalidateQueries({ queryKey: ["lab"] }) });
  const send: Send = (call, done, then) =>
    void work.mutateAsync(call).then(
      () => (tell(done), then?.()),
      (error: unknown) => tell(error instanceof ApiError ? error.message : t("trouble.network")),
    );
  const policy = has(session, "policy-owner");
  if (list.isPending) return <Waiting />;
  const rules = list.data?.items ?? [];
  const set = list.data?.ruleset;
  return (
    <div className="page">
      <ViewTitle text={t("nav.rules")} />
      <p className="hint">
        {set !== undefined && t("rules.lead", { n: rules.length, name: set.name, version: set.version })} <code title={set?.sha256}>{set?.sha256.slice(0, 12)}</code>
      </p>
      <Trouble error={list.error} />
      <Publishing send={send} user={session.user} policy={policy} />
      <Trials send={send} policy={policy} />
      <Shadows />
      {byTheme(rules).map(([theme, own]) => (
        <section className="panel" key={theme} aria-labelledby={`theme-${theme}`}>
          <Heading level={2} id={`theme-${theme}`}>
            {w("theme", theme)}
          </Heading>
          <ul className="rules">
            {own.map((rule) => (
              <One key={rule.id} rule={rule} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
