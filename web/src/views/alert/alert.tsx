// One alert: why, what else it may be, what held it back, what would change it; and beside it what to do now.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Suspense, lazy, useMemo, useState } from "react";
import { alertQuery, change, dossierQuery, entriesQuery, takeNext, type Alert, type Fact } from "../../api/alerts.ts";
import { ApiError, type Tagged } from "../../api/client.ts";
import { useSession, has } from "../../api/session.ts";
import { useLanguage } from "../../i18n/index.tsx";
import { useKeys } from "../../lib/keys.ts";
import { day, isPast, points, span } from "../../lib/format.ts";
import { go, href, type Place } from "../../lib/route.ts";
import { placeName, placeTown } from "../../ui/place.tsx";
import { Button, Empty, Heading, Key, Level, Tag, Trouble, ViewTitle, Waiting } from "../../ui/parts.tsx";
import { useTell } from "../../ui/toasts.tsx";
import { back, neighbour } from "../queue/trail.ts";
import { FactLine } from "./facts.tsx";
import { History } from "./history.tsx";
import { Ledger } from "./ledger.tsx";
import { Work, keyOf, tasksOf, type Run, type Task } from "./work.tsx";

const ScorePlot = lazy(() => import("./score-plot.tsx"));

function Head({ alert }: { alert: Alert }) {
  const { t, w, lang } = useLanguage();
  const where = [w("type", alert.premises.type ?? ""), placeTown(alert.premises), alert.premises.bagId === undefined ? "" : `BAG ${alert.premises.bagId}`].filter(Boolean).join(" · ");
  return (
    <header className="alert-head">
      <div className="alert-where">
        <ViewTitle text={placeName(alert.premises)} />
        <p className="alert-more">{where}</p>
        <p className="alert-tags">
          <Tag tone={alert.assignee == null ? "plain" : "accent"}>
            {w("status", alert.status)}
            {alert.assignee != null && ` · ${alert.assignee}`}
          </Tag>
          <Tag tone={isPast(alert.dueAt) ? "urgent" : "plain"}>{t("alert.due", { when: span(alert.dueAt, lang) })}</Tag>
          {alert.latched === true && <Tag>{t("alert.latched")}</Tag>}
          {alert.disputed === true && <Tag tone="alert">{t("alert.disputed")}</Tag>}
          {alert.snoozedUntil != null && <Tag>{t("queue.snoozed", { day: day(alert.snoozedUntil, lang) })}</Tag>}
          {alert.previousDecision != null && (
            <Tag>
              <a href={href("alert", alert.previousDecision.alertId)}>{t("alert.previous", { verdict: w("verdict", alert.previousDecision.verdict), day: day(alert.previousDecision.decidedOn, lang) })}</a>
            </Tag>
          )}
        </p>
      </div>
      <div className={`alert-score score-${alert.level}`}>
        <Level level={alert.level} big />
        <p className="figure num">{points(alert.score, lang)}</p>
        <p className="hint">{alert.assessedOn === undefined ? "" : t("alert.assessed", { day: day(alert.assessedOn, lang) })}</p>
      </div>
    </header>
  );
}

function Gates({ alert }: { alert: Alert }) {
  const { t, w } = useLanguage();
  const gates = alert.gates ?? [];
  if (gates.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="gates">
      <Heading level={2} id="gates">
        {t("gates.title")}
      </Heading>
      <ul className="gates">
        {gates.map((gate) => (
          <li key={gate.id} className={`gate gate-${gate.result}`}>
            <strong>{w("gate", gate.result)}</strong> {gate.reason}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Changes({ alert, facts }: { alert: Alert; facts: Map<string, Fact> }) {
  const { t, w, lang } = useLanguage();
  const without = alert.counterfactuals ?? [];
  return (
    <section className="panel" aria-labelledby="changes">
      <Heading level={2} id="changes">
        {t("changes.title")}
      </Heading>
      <p>{alert.nextChangeOn == null ? t("changes.never") : t("changes.next", { day: day(alert.nextChangeOn, lang) })}</p>
      {without.map((one, i) => (
        <div key={i} className="without">
          <p>{t("changes.without", { level: w("level", one.level ?? "none") })}</p>
          <ul className="facts">
            {(one.without ?? []).map((id) => (
              <li key={id}>
                <FactLine fact={facts.get(id)} id={id} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function Actions({ alert }: { alert: Alert }) {
  const { t, w } = useLanguage();
  const actions = alert.actions ?? [];
  const roles = ["A", "M", "L"].map((role) => ({ role, own: actions.filter((action) => action.id.startsWith(role)) })).filter(({ own }) => own.length > 0);
  if (roles.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="actions">
      <Heading level={2} id="actions">
        {t("actions.title")}
      </Heading>
      <div className="actions">
        {roles.map(({ role, own }) => (
          <div key={role}>
            <h3 className="actions-role">{w("actor", role)}</h3>
            <ul>
              {own.map((action) => (
                <li key={action.id}>
                  <strong>{action.title}</strong> {action.text}
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </section>
  );
}

function Dossier({ facts, more }: { facts: Fact[]; more: boolean }) {
  const { t } = useLanguage();
  return (
    <details className="panel">
      <summary>
        <Heading level={2}>{t("dossier.title", { n: facts.length })}</Heading>
      </summary>
      <ul className="facts">
        {facts.map((fact) => (
          <li key={fact.id}>
            <FactLine fact={fact} id={fact.id} />
          </li>
        ))}
      </ul>
      {more && <p className="hint">{t("dossier.more")}</p>}
    </details>
  );
}

/** The proof: which rules made this, so that it can be computed again. */
function Proof({ alert }: { alert: Alert }) {
  const { t } = useLanguage();
  return (
    <p className="hint proof">
      {t("proof", { name: alert.ruleset?.name ?? "", version: alert.ruleset?.version ?? "" })} <code title={alert.ruleset?.sha256}>{alert.ruleset?.sha256?.slice(0, 12)}</code>
    </p>
  );
}

function useWork(id: string) {
  const queries = useQueryClient();
  const tell = useTell();
  const { t } = useLanguage();
  return useMutation({
    mutationFn: (run: () => Promise<unknown>) => run(),
    onSettled: () => Promise.all([queries.invalidateQueries({ queryKey: ["alert", id] }), queries.invalidateQueries({ queryKey: ["entries", id] }), queries.invalidateQueries({ queryKey: ["alerts"] })]),
    onError: (error) => tell(error instanceof ApiError ? (error.status === 412 ? t("alert.stale") : error.message) : t("trouble.network")),
  });
}

function Loaded({ alert }: { alert: Tagged<Alert> }) {
  const { t } = useLanguage();
  const session = useSession().data!;
  const tell = useTell();
  const [task, setTask] = useState<Task | undefined>();
  const [due, setDue] = useState<{ task: Task | undefined; after: string } | undefined>();
  const work = useWork(alert.id);
  const entries = useQuery(entriesQuery(alert.id));
  const dossier = useQuery(dossierQuery(alert.premises.id));
  const facts = useMemo(() => new Map((dossier.data?.items ?? []).map((fact) => [fact.id, fact])), [dossier.data]);
  const mine = alert.assignee === session.user;
  const lead = has(session, "case-lead");
  const tasks = tasksOf(alert, entries.data?.items ?? [], mine, lead);

  async function next() {
    const found = await takeNext().catch(() => undefined);
    if (found === undefined) tell(t("queue.noNext"));
    else go(href("alert", found.id));
  }
  const run: Run = (call, { done, forget, next: task }) =>
    void work.mutateAsync(call).then(
      () => {
        tell(done);
        forget?.();
        setDue({ task, after: alert.etag });
      },
      () => undefined, // said by onError; the form keeps its words
    );
  // The next form opens on the alert as the change left it, never a moment before: it would offer what was, and what is
  // pressed then would be lost or, worse, meant for another choice.
  if (due !== undefined && due.after !== alert.etag) {
    setDue(undefined);
    setTask(due.task);
  }
  const step = (by: 1 | -1) => {
    const other = neighbour(alert.id, by);
    if (other !== undefined) go(href("alert", other));
  };
  useKeys([
    { key: "c", text: "key.claim", run: () => alert.status === "new" && run(() => change.claim(alert), { done: t("queue.claimed") }) },
    ...tasks.map((one) => ({ key: keyOf[one], text: `key.${one}` as const, run: () => setTask(one) })),
    { key: "j", text: "key.nextRow", run: () => step(1) },
    { key: "k", text: "key.previousRow", run: () => step(-1) },
    { key: "t", text: "key.next", run: () => void next() },
    { key: "u", text: "key.back", run: () => go(href("queue", undefined, back())) },
    { key: "p", text: "key.print", run: () => print() },
  ]);

  return (
    <article className="alert">
      <nav className="alert-nav" aria-label={t("alert.around")}>
        <a className="nl-link" href={href("queue", undefined, back())}>
          ← {t("queue.title")} <Key>u</Key>
        </a>
        <Button purpose="subtle" onClick={() => void next()}>
          {t("queue.next")} <Key>t</Key>
        </Button>
      </nav>
      <Head alert={alert} />
      <div className="alert-body">
        <div className="alert-main">
          <Ledger alert={alert} facts={facts} />
          <div className="alert-pair">
            <Gates alert={alert} />
            <Changes alert={alert} facts={facts} />
          </div>
          <section className="panel" aria-labelledby="course">
            <Heading level={2} id="course">
              {t("course.title")}
            </Heading>
            <Suspense fallback={<Waiting />}>
              <ScorePlot premises={alert.premises.id} />
            </Suspense>
          </section>
          <Actions alert={alert} />
          <Dossier facts={dossier.data?.items ?? []} more={dossier.data?.more === true} />
          <Proof alert={alert} />
        </div>
        <aside className="alert-side" aria-label={t("work.title")}>
          <Work alert={alert} mine={mine} lead={lead} tasks={tasks} entries={entries.data?.items ?? []} facts={facts} task={task} setTask={setTask} run={run} busy={work.isPending} />
          <section aria-labelledby="history">
            <Heading level={2} id="history">
              {t("history.title")}
            </Heading>
            {entries.data !== undefined && <History entries={entries.data.items} />}
          </section>
        </aside>
      </div>
    </article>
  );
}

export function AlertView({ place }: { place: Place }) {
  const { t } = useLanguage();
  const alert = useQuery(alertQuery(place.id ?? ""));
  if (alert.isPending) return <Waiting />;
  if (alert.isError)
    return (
      <>
        <Trouble error={alert.error} />
        <Empty title={t("alert.unknown")}>
          <a className="nl-link" href="#/queue">
            {t("queue.title")}
          </a>
        </Empty>
      </>
    );
  return <Loaded key={alert.data.id} alert={alert.data} />;
}
