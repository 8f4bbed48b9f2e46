// What to do now: the one next step as a button, the others beside it, and the form of the chosen one under them, so
// that the explanation stays in sight while one weighs it.

import { useLayoutEffect, useRef, type FormEvent, type ReactNode } from "react";
import { change, type Alert, type Entry, type Fact } from "../../api/alerts.ts";
import type { Schemas, Tagged } from "../../api/client.ts";
import { useLanguage, type Text } from "../../i18n/index.tsx";
import { keepSaid, saidBefore, useDraft } from "../../lib/drafts.ts";
import { today } from "../../lib/format.ts";
import { AreaField, Button, Choice, Heading, Key, SelectField, TextField } from "../../ui/parts.tsx";
import { FactLine } from "./facts.tsx";

export type Task = "weigh" | "decide" | "refer" | "close" | "snooze" | "note";
/** What comes of a change that is done: words to tell, a draft to forget, the task whose form opens next on the alert as it then is. */
export type Then = { done: string; forget?: () => void; next?: Task | undefined };
export type Run = (call: () => Promise<unknown>, then: Then) => void;
type Props = {
  alert: Tagged<Alert>;
  mine: boolean;
  lead: boolean;
  entries: Entry[];
  facts: Map<string, Fact>;
  tasks: readonly Task[];
  task: Task | undefined;
  setTask: (task: Task | undefined) => void;
  run: Run;
  busy: boolean;
};

/** The frame of a form: focus is in its first control before it can be seen, so that no key is lost; Escape leaves it, Ctrl+Enter sends it. */
function Form({ title, onLeave, onSend, busy, send, children }: { title: Text; onLeave: () => void; onSend: () => void; busy: boolean; send: Text; children: ReactNode }) {
  const { t } = useLanguage();
  const form = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => form.current?.querySelector<HTMLElement>("input, textarea, select")?.focus(), []);
  return (
    <form
      ref={form}
      className="work-form"
      aria-label={t(title)}
      onSubmit={(event: FormEvent) => (event.preventDefault(), onSend())}
      onKeyDown={(event) => {
        if (event.key === "Escape") onLeave();
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
      }}
    >
      <Heading level={3}>{t(title)}</Heading>
      {children}
      <div className="buttons">
        <Button type="submit" purpose="primary" busy={busy}>
          {t(send)}
        </Button>
        <Button purpose="subtle" onClick={onLeave}>
          {t("cancel")}
        </Button>
        <span className="hint">
          <Key>Ctrl</Key>+<Key>↵</Key>
        </span>
      </div>
    </form>
  );
}

/** Words given before under this heading, to take again. */
function Before({ about, onTake }: { about: string; onTake: (words: string) => void }) {
  const { t } = useLanguage();
  const before = saidBefore(about);
  if (before.length === 0) return null;
  return (
    <select className="utrecht-select before" aria-label={t("before.label")} value="" onChange={(event) => onTake(event.target.value)}>
      <option value="">{t("before.choose")}</option>
      {before.map((words) => (
        <option key={words} value={words}>
          {words}
        </option>
      ))}
    </select>
  );
}

// ---- weighing ----

const questions = ["concrete", "recent", "fitsPhenomenon", "proportionate", "subsidiary"] as const;
type Answers = Record<(typeof questions)[number], { answer?: "yes" | "partly" | "no"; reason: string }>;
const noAnswers = () => Object.fromEntries(questions.map((question) => [question, { reason: "" }])) as Answers;

function Weigh({ alert, setTask, run, busy }: Props) {
  const { t, w } = useLanguage();
  const [answers, setAnswers, forget] = useDraft<Answers>(`weigh ${alert.id}`, noAnswers());
  const set = (question: keyof Answers, part: Partial<Answers["recent"]>) => setAnswers({ ...answers, [question]: { ...answers[question], ...part } });
  function send() {
    const open = questions.find((question) => answers[question].answer === undefined);
    if (open !== undefined) return document.querySelector<HTMLInputElement>(`input[name=${open}]`)?.focus();
    questions.forEach((question) => keepSaid(question, answers[question].reason));
    run(() => change.weigh(alert, answers as Schemas["WeighingBody"]), { done: t("work.weighed"), forget, next: "decide" });
  }
  return (
    <Form title="work.weigh" send="work.weighSend" onLeave={() => setTask(undefined)} onSend={send} busy={busy}>
      <p className="hint">{t("weigh.lead")}</p>
      {questions.map((question) => (
        <div className="question" key={question}>
          <Choice legend={w("weigh", question)} name={question} value={answers[question].answer} options={(["yes", "partly", "no"] as const).map((answer) => [answer, w("answer", answer)] as const)} onChange={(answer) => set(question, { answer })} />
          <Before about={question} onTake={(reason) => set(question, { reason })} />
          <AreaField label={t("weigh.reason")} rows={2} required minLength={10} maxLength={2000} value={answers[question].reason} onChange={(event) => set(question, { reason: event.target.value })} hint={t(`weigh.hint.${question}`)} />
        </div>
      ))}
    </Form>
  );
}

// ---- deciding ----

function FactChoice({ legend, facts, chosen, onChange }: { legend: string; facts: Fact[]; chosen: ReadonlySet<string>; onChange: (next: Set<string>) => void }) {
  return (
    <fieldset className="fact-choice">
      <legend>{legend}</legend>
      {facts.map((fact) => (
        <label key={fact.id}>
          <input
            type="checkbox"
            checked={chosen.has(fact.id)}
            onChange={(event) => {
              const next = new Set(chosen);
              if (event.target.checked) next.add(fact.id);
              else next.delete(fact.id);
              onChange(next);
            }}
          />
          <FactLine fact={fact} id={fact.id} />
        </label>
      ))}
    </fieldset>
  );
}

function witnesses(alert: Alert, facts: Map<string, Fact>): Fact[] {
  const ids = new Set((alert.explanation ?? []).flatMap((line) => line.witnesses ?? []));
  return [...ids].flatMap((id) => facts.get(id) ?? []).filter((fact) => fact.status === "live");
}

type Verdict = "founded" | "unfounded" | "unclear";

function Decide({ alert, facts, setTask, run, busy }: Props) {
  const { t, w } = useLanguage();
  const weighed = alert.status === "weighing";
  const all = witnesses(alert, facts);
  const [draft, setDraft, forget] = useDraft<{ verdict?: Verdict; reason: string; until: string; left: string[] }>(`decide ${alert.id}`, { reason: "", until: today(30), left: [] });
  const chosen = new Set(all.map((fact) => fact.id).filter((id) => !draft.left.includes(id)));
  function send() {
    const { verdict } = draft;
    if (verdict === undefined) return document.querySelector<HTMLInputElement>("input[name=verdict]")?.focus();
    keepSaid(`decide ${verdict}`, draft.reason);
    run(() => change.decide(alert, { verdict, reason: draft.reason, facts: [...chosen], ...(verdict === "unclear" ? { until: draft.until } : {}) }), { done: t("work.decided", { verdict: w("verdict", verdict) }), forget, next: verdict === "founded" ? "refer" : undefined });
  }
  const verdicts = (weighed ? (["founded", "unfounded", "unclear"] as const) : (["unfounded", "unclear"] as const)).map((verdict) => [verdict, w("verdict", verdict)] as const);
  return (
    <Form title="work.decide" send="work.decideSend" onLeave={() => setTask(undefined)} onSend={send} busy={busy}>
      {!weighed && <p className="hint">{t("decide.weighFirst")}</p>}
      <Choice legend={t("decide.verdict")} name="verdict" value={draft.verdict} options={verdicts} onChange={(verdict) => setDraft({ ...draft, verdict })} />
      {draft.verdict === "unclear" && <TextField label={t("decide.until")} type="date" required min={today(1)} value={draft.until} onChange={(event) => setDraft({ ...draft, until: event.target.value })} />}
      <Before about={`decide ${draft.verdict ?? ""}`} onTake={(reason) => setDraft({ ...draft, reason })} />
      <AreaField label={t("decide.reason")} hint={t("decide.reasonHint")} rows={3} required minLength={10} maxLength={4000} value={draft.reason} onChange={(event) => setDraft({ ...draft, reason: event.target.value })} />
      <details>
        <summary>{t("decide.facts", { n: chosen.size, all: all.length })}</summary>
        <FactChoice legend={t("decide.factsLegend")} facts={all} chosen={chosen} onChange={(next) => setDraft({ ...draft, left: all.map((fact) => fact.id).filter((id) => !next.has(id)) })} />
      </details>
    </Form>
  );
}

// ---- referring ----

const grounds = ["wgs-1-9", "wet-goed-verhuurderschap", "public-task", "utility-safety"] as const;

function Refer({ alert, facts, setTask, run, busy }: Props) {
  const { t, w } = useLanguage();
  const all = [...facts.values()].filter((fact) => fact.status === "live");
  const municipal = (alert.actions ?? []).filter((action) => action.id.startsWith("M"));
  const [draft, setDraft, forget] = useDraft(`refer ${alert.id}`, { to: "", purpose: "", ground: "wgs-1-9", question: "", respondBy: today(84), release: [] as string[], actions: [] as string[] });
  const set = (part: Partial<typeof draft>) => setDraft({ ...draft, ...part });
  const send = () => run(() => change.refer(alert, draft as Schemas["ReferralBody"]), { done: t("work.referred"), forget });
  return (
    <Form title="work.refer" send="work.referSend" onLeave={() => setTask(undefined)} onSend={send} busy={busy}>
      <p className="hint">{t("refer.lead")}</p>
      <TextField label={t("refer.to")} hint={t("refer.toHint")} required inputMode="numeric" pattern="[0-9]{20}" maxLength={20} value={draft.to} onChange={(event) => set({ to: event.target.value })} />
      <SelectField label={t("refer.ground")} value={draft.ground} onChange={(event) => set({ ground: event.target.value })}>
        {grounds.map((ground) => (
          <option key={ground} value={ground}>
            {w("ground", ground)}
          </option>
        ))}
      </SelectField>
      <AreaField label={t("refer.purpose")} rows={2} required maxLength={2000} value={draft.purpose} onChange={(event) => set({ purpose: event.target.value })} />
      <AreaField label={t("refer.question")} rows={2} required maxLength={2000} value={draft.question} onChange={(event) => set({ question: event.target.value })} />
      <TextField label={t("refer.respondBy")} type="date" required min={today(1)} value={draft.respondBy} onChange={(event) => set({ respondBy: event.target.value })} />
      {municipal.length > 0 && (
        <fieldset className="fact-choice">
          <legend>{t("refer.actions")}</legend>
          {municipal.map((action) => (
            <label key={action.id}>
              <input type="checkbox" checked={draft.actions.includes(action.id)} onChange={(event) => set({ actions: event.target.checked ? [...draft.actions, action.id] : draft.actions.filter((id) => id !== action.id) })} />
              {action.title}
            </label>
          ))}
        </fieldset>
      )}
      <FactChoice legend={t("refer.release")} facts={all} chosen={new Set(draft.release)} onChange={(next) => set({ release: [...next] })} />
    </Form>
  );
}

// ---- the short ones ----

function Note({ alert, setTask, run, busy }: Props) {
  const { t } = useLanguage();
  const [text, setText, forget] = useDraft(`note ${alert.id}`, "");
  const send = () => run(() => change.note(alert, text), { done: t("work.noted"), forget });
  return (
    <Form title="work.note" send="work.noteSend" onLeave={() => setTask(undefined)} onSend={send} busy={busy}>
      <AreaField label={t("note.text")} hint={t("note.hint")} rows={4} required maxLength={4000} value={text} onChange={(event) => setText(event.target.value)} />
    </Form>
  );
}

function Snooze({ alert, setTask, run, busy }: Props) {
  const { t } = useLanguage();
  const [draft, setDraft, forget] = useDraft(`snooze ${alert.id}`, { until: today(7), reason: "" });
  const send = () => run(() => change.snooze(alert, draft.until, draft.reason), { done: t("work.snoozed"), forget });
  return (
    <Form title="work.snooze" send="work.snoozeSend" onLeave={() => setTask(undefined)} onSend={send} busy={busy}>
      <TextField label={t("snooze.until")} hint={t("snooze.hint")} type="date" required min={today(1)} max={today(90)} value={draft.until} onChange={(event) => setDraft({ ...draft, until: event.target.value })} />
      <AreaField label={t("snooze.reason")} rows={2} required maxLength={2000} value={draft.reason} onChange={(event) => setDraft({ ...draft, reason: event.target.value })} />
    </Form>
  );
}

function Close({ alert, setTask, run, busy }: Props) {
  const { t } = useLanguage();
  const [reason, setReason, forget] = useDraft(`close ${alert.id}`, "");
  const send = () => run(() => change.close(alert, reason), { done: t("work.closed"), forget });
  return (
    <Form title="work.close" send="work.closeSend" onLeave={() => setTask(undefined)} onSend={send} busy={busy}>
      <AreaField label={t("close.reason")} rows={3} required minLength={10} maxLength={4000} value={reason} onChange={(event) => setReason(event.target.value)} />
    </Form>
  );
}

const forms: Record<Task, (props: Props) => ReactNode> = { weigh: Weigh, decide: Decide, refer: Refer, note: Note, snooze: Snooze, close: Close };

// ---- the panel ----

const stages = ["new", "claimed", "weighing", "referred", "awaiting-outcome", "closed"] as const;

/** Where the alert stands on its way. */
function Stages({ status }: { status: string }) {
  const { w } = useLanguage();
  const at = stages.indexOf(status as (typeof stages)[number]);
  return (
    <ol className="stages">
      {stages.map((stage, i) => (
        <li key={stage} className={i < at ? "stage stage-past" : i === at ? "stage stage-now" : "stage"} aria-current={i === at ? "step" : undefined}>
          {w("status", stage)}
        </li>
      ))}
    </ol>
  );
}

export const keyOf = { weigh: "w", decide: "e", refer: "r", close: "q", note: "n", snooze: "s" } as const satisfies Record<Task, string>;

/** What may be done now, the likeliest first; keys and buttons alike offer this and nothing else. */
export function tasksOf(alert: Alert, entries: Entry[], mine: boolean, lead: boolean): Task[] {
  const founded = isFounded(entries);
  const tasks: Task[] = [];
  if (mine && alert.status === "claimed") tasks.push("weigh", "decide");
  if (mine && alert.status === "weighing") tasks.push(...(founded ? (["refer"] as const) : (["decide", "weigh"] as const)));
  if (lead && alert.status === "weighing" && founded) tasks.push("close");
  tasks.push("note");
  if (isOpen(alert) && alert.snoozedUntil == null) tasks.push("snooze");
  return tasks;
}

const isOpen = (alert: Alert) => ["new", "claimed", "weighing"].includes(alert.status);
const isFounded = (entries: Entry[]) => entries.find((entry) => entry.kind === "decided")?.body["verdict"] === "founded";

export function Work(props: Props) {
  const { alert, mine, lead, entries, tasks, task, setTask, run, busy } = props;
  const { t } = useLanguage();
  const Chosen = task === undefined ? undefined : forms[task];
  const isFirst = (one: Task) => one === tasks[0] && one !== "note" && one !== "close";
  return (
    <section className="work" aria-labelledby="work">
      <Heading level={2} id="work">
        {t("work.title")}
      </Heading>
      <Stages status={alert.status} />
      {alert.status === "weighing" && isFounded(entries) && <p className="work-now">{t("work.foundedNow")}</p>}
      <div className="buttons">
        {alert.status === "new" && (
          <Button purpose="primary" busy={busy} onClick={() => run(() => change.claim(alert), { done: t("queue.claimed") })}>
            {t("work.claim")} <Key>c</Key>
          </Button>
        )}
        {tasks.map((one) => (
          <Button key={one} purpose={isFirst(one) ? "primary" : undefined} pressed={task === one || undefined} onClick={() => setTask(task === one ? undefined : one)}>
            {t(`work.${one}`)} <Key>{keyOf[one]}</Key>
          </Button>
        ))}
        {alert.snoozedUntil != null && <Button onClick={() => run(() => change.unsnooze(alert), { done: t("work.unsnoozed") })}>{t("work.unsnooze")}</Button>}
        {alert.status === "claimed" && (mine || lead) && <Button onClick={() => run(() => change.release(alert), { done: t("work.released") })}>{t("work.release")}</Button>}
      </div>
      {!mine && alert.assignee != null && isOpen(alert) && <p className="hint">{t("work.other", { who: alert.assignee })}</p>}
      {Chosen !== undefined && <Chosen {...props} />}
    </section>
  );
}
