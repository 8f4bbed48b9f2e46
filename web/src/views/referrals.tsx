// Referrals. The desk sees all of them and a second person approves; a municipality sees its own and answers: takes
// it up, is not competent, needs more; and later what was found. Terms are counted down beside each.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { ApiError, type Schemas } from "../api/client.ts";
import { answer, referralsQuery, type Referral } from "../api/referrals.ts";
import { has, useSession } from "../api/session.ts";
import { useLanguage } from "../i18n/index.tsx";
import { useDraft } from "../lib/drafts.ts";
import { day, span, today } from "../lib/format.ts";
import { href } from "../lib/route.ts";
import { placeName, placeTown } from "../ui/place.tsx";
import { AreaField, Button, Choice, Empty, Heading, SelectField, Tag, TextField, Trouble, ViewTitle, Waiting } from "../ui/parts.tsx";
import { useTell } from "../ui/toasts.tsx";

type Send = (call: () => Promise<unknown>, done: string) => void;

function Term({ date, met }: { date: string | null | undefined; met: boolean }) {
  const { t, lang } = useLanguage();
  if (date == null) return null;
  const late = !met && date < today();
  return <Tag tone={late ? "urgent" : "plain"}>{t(late ? "referrals.late" : "referrals.by", { day: day(date, lang), span: span(date, lang) })}</Tag>;
}

/** The second person: agrees or not, and may say why. */
function Approve({ referral, send, own }: { referral: Referral; send: Send; own: boolean }) {
  const { t } = useLanguage();
  const [note, setNote, forget] = useDraft(`approve ${referral.id}`, "");
  if (own) return <p className="hint">{t("referrals.ownProposal")}</p>;
  const give = (approve: boolean) => send(() => answer.approve(referral.id, approve, note).then(forget), t(approve ? "referrals.approved" : "referrals.refused"));
  return (
    <div className="work-form">
      <AreaField label={t("referrals.note")} rows={2} maxLength={2000} value={note} onChange={(event) => setNote(event.target.value)} />
      <div className="buttons">
        <Button purpose="primary" onClick={() => give(true)}>
          {t("referrals.approve")}
        </Button>
        <Button onClick={() => give(false)}>{t("referrals.refuse")}</Button>
      </div>
    </div>
  );
}

function Acknowledge({ referral, send }: { referral: Referral; send: Send }) {
  const { t } = useLanguage();
  const [note, setNote] = useDraft(`acknowledge ${referral.id}`, "");
  const give = (word: Schemas["AcknowledgementBody"]["answer"]) => send(() => answer.acknowledge(referral.id, { answer: word, ...(note === "" ? {} : { note }) }), t("referrals.answered"));
  return (
    <div className="work-form">
      <AreaField label={t("referrals.note")} rows={2} maxLength={2000} value={note} onChange={(event) => setNote(event.target.value)} />
      <div className="buttons">
        <Button purpose="primary" onClick={() => give("accepted")}>
          {t("referrals.accept")}
        </Button>
        <Button onClick={() => give("more-information")}>{t("referrals.more")}</Button>
        <Button onClick={() => give("not-competent")}>{t("referrals.notCompetent")}</Button>
      </div>
    </div>
  );
}

const phenomena = ["cannabis", "synthetic-lab", "drug-storage", "cutting", "goods", "weapons", "trafficking", "prostitution", "housing-fraud", "front", "vehicle", "hiding", "other"] as const;
const measures = ["warning", "closure", "penalty", "permit-refused", "prosecution", "safety-repair", "help-offered", "none"] as const;
type Found = "found" | "nothing-found" | "not-possible";

function Outcome({ referral, send }: { referral: Referral; send: Send }) {
  const { t, w } = useLanguage();
  const [result, setResult] = useState<Found | undefined>();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    if (result === undefined) return;
    const note = String(form.get("note"));
    const body = {
      sourceId: crypto.randomUUID(),
      occurredOn: String(form.get("on")),
      result,
      ...(result === "found" ? { phenomenon: String(form.get("phenomenon")) } : {}),
      measures: form.getAll("measure").map(String),
      ground: "public-task",
      ...(note === "" ? {} : { note }),
    } as Schemas["OutcomeBody"];
    send(() => answer.outcome(referral.id, body), t("referrals.outcomeKept"));
  }
  return (
    <form className="work-form" onSubmit={submit}>
      <Choice legend={t("referrals.result")} name={`result ${referral.id}`} value={result} onChange={setResult} options={(["found", "nothing-found", "not-possible"] as const).map((one) => [one, w("result", one)] as const)} />
      <TextField label={t("referrals.on")} name="on" type="date" required max={today()} defaultValue={today()} />
      {result === "found" && (
        <SelectField label={t("referrals.phenomenon")} name="phenomenon">
          {phenomena.map((one) => (
            <option key={one} value={one}>
              {w("value", one)}
            </option>
          ))}
        </SelectField>
      )}
      <fieldset className="fact-choice">
        <legend>{t("referrals.measures")}</legend>
        {measures.map((one) => (
          <label key={one}>
            <input type="checkbox" name="measure" value={one} defaultChecked={one === "none"} />
            {w("value", one)}
          </label>
        ))}
      </fieldset>
      <AreaField label={t("referrals.note")} name="note" rows={2} maxLength={1000} />
      <div className="buttons">
        <Button type="submit" purpose="primary" htmlDisabled={result === undefined}>
          {t("referrals.outcomeSend")}
        </Button>
      </div>
    </form>
  );
}

function Item({ referral, desk, user, send }: { referral: Referral; desk: boolean; user: string; send: Send }) {
  const { t, w, lang } = useLanguage();
  const status = referral.status;
  return (
    <article className="panel referral" aria-labelledby={`referral-${referral.id}`}>
      <header className="referral-head">
        <Heading level={2} id={`referral-${referral.id}`}>
          {referral.premises === undefined ? referral.id : `${placeName(referral.premises)} ${placeTown(referral.premises)}`}
        </Heading>
        <Tag tone={status === "proposed" ? "accent" : status === "closed" ? "calm" : "plain"}>{w("referral", status)}</Tag>
        {status === "approved" && <Term date={referral.acknowledgeBy} met={false} />}
        {["approved", "acknowledged"].includes(status) && <Term date={referral.respondBy} met={false} />}
      </header>
      <p className="referral-question">{referral.question}</p>
      <dl className="pairs">
        <dt>{t("refer.purpose")}</dt>
        <dd>{referral.purpose}</dd>
        <dt>{t("refer.ground")}</dt>
        <dd>{w("ground", referral.ground ?? "")}</dd>
        {referral.proposedAt !== undefined && (
          <>
            <dt>{t("referrals.proposed")}</dt>
            <dd>
              {day(referral.proposedAt, lang)} {referral.proposedBy}
            </dd>
          </>
        )}
        <dt>{t("refer.release")}</dt>
        <dd>{t("referrals.facts", { n: referral.release?.length ?? 0 })}</dd>
      </dl>
      {desk && referral.alertId !== undefined && (
        <a className="nl-link" href={href("alert", referral.alertId)}>
          {t("referrals.alert")}
        </a>
      )}
      {desk && status === "proposed" && <Approve referral={referral} send={send} own={referral.proposedBy === user} />}
      {!desk && status === "approved" && <Acknowledge referral={referral} send={send} />}
      {!desk && status === "acknowledged" && <Outcome referral={referral} send={send} />}
    </article>
  );
}

export default function Referrals() {
  const { t } = useLanguage();
  const session = useSession().data!;
  const tell = useTell();
  const queries = useQueryClient();
  const list = useQuery(referralsQuery());
  const desk = has(session, "analyst", "case-lead");
  const work = useMutation({ mutationFn: (call: () => Promise<unknown>) => call(), onSettled: () => queries.invalidateQueries({ queryKey: ["referrals"] }) });
  const send: Send = (call, done) => work.mutate(call, { onSuccess: () => tell(done), onError: (error) => tell(error instanceof ApiError ? error.message : t("trouble.network")) });
  const items = list.data?.items ?? [];
  const order = ["proposed", "approved", "acknowledged", "returned", "refused", "closed"];
  return (
    <div className="page">
      <ViewTitle text={t("nav.referrals")} />
      <p className="hint">{t(desk ? "referrals.leadDesk" : "referrals.lead")}</p>
      <Trouble error={list.error} />
      {list.isPending ? (
        <Waiting />
      ) : items.length === 0 ? (
        <Empty title={t("referrals.none")} />
      ) : (
        items.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status)).map((referral) => <Item key={referral.id} referral={referral} desk={desk} user={session.user} send={send} />)
      )}
    </div>
  );
}
