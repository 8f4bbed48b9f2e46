// Proposals to publish a set: who proposed what and when, and the second person's answer.

import { useQuery } from "@tanstack/react-query";
import { lab, publicationsQuery, type Publication } from "../../api/lab.ts";
import { useLanguage } from "../../i18n/index.tsx";
import { useDraft } from "../../lib/drafts.ts";
import { moment } from "../../lib/format.ts";
import { AreaField, Button, Heading, Tag } from "../../ui/parts.tsx";
import type { Send } from "./rules.tsx";

function Answer({ publication, send }: { publication: Publication; send: Send }) {
  const { t } = useLanguage();
  const [note, setNote, forget] = useDraft(`publish ${publication.id}`, "");
  const give = (approve: boolean) => send(() => lab.approve(publication.id, approve, note), t(approve ? "publish.approved" : "publish.refused"), forget);
  return (
    <div className="work-form">
      <AreaField label={t("referrals.note")} rows={2} maxLength={4000} value={note} onChange={(event) => setNote(event.target.value)} />
      <div className="buttons">
        <Button purpose="primary" onClick={() => give(true)}>
          {t("referrals.approve")}
        </Button>
        <Button onClick={() => give(false)}>{t("referrals.refuse")}</Button>
      </div>
    </div>
  );
}

function One({ publication, send, user, policy }: { publication: Publication; send: Send; user: string; policy: boolean }) {
  const { t, w, lang } = useLanguage();
  const touched = publication.onPublishing;
  const isOwn = publication.proposedBy === user;
  return (
    <li className="lab-item">
      <p className="referral-head">
        <strong>
          {publication.ruleset.name} {publication.ruleset.version}
        </strong>
        <Tag tone={publication.live === true ? "calm" : publication.status === "proposed" ? "accent" : "plain"}>{publication.live === true ? t("publish.live") : w("publication", publication.status)}</Tag>
        <code title={publication.ruleset.sha256}>{publication.ruleset.sha256.slice(0, 12)}</code>
      </p>
      {publication.reason !== undefined && <p className="entry-words">{publication.reason}</p>}
      {publication.proposedAt != null && <p className="hint">{t("publish.proposed", { who: publication.proposedBy ?? "", when: moment(publication.proposedAt, lang) })}</p>}
      {publication.decidedAt != null && <p className="hint">{t("publish.decided", { who: publication.decidedBy ?? "", when: moment(publication.decidedAt, lang) })}</p>}
      {touched !== undefined && <p className="hint">{t("publish.touches", { raised: touched.raised, withdrawn: touched.withdrawn })}</p>}
      {policy && publication.status === "proposed" && (isOwn ? <p className="hint">{t("referrals.ownProposal")}</p> : <Answer publication={publication} send={send} />)}
    </li>
  );
}

export function Publishing({ send, user, policy }: { send: Send; user: string; policy: boolean }) {
  const { t } = useLanguage();
  const items = useQuery(publicationsQuery()).data?.items ?? [];
  return (
    <section className="panel" aria-labelledby="publishing">
      <Heading level={2} id="publishing">
        {t("publish.title")}
      </Heading>
      {items.length === 0 ? (
        <p className="hint">{t("publish.none")}</p>
      ) : (
        <ul className="lab-list">
          {items.map((publication) => (
            <One key={publication.id} publication={publication} send={send} user={user} policy={policy} />
          ))}
        </ul>
      )}
    </section>
  );
}
