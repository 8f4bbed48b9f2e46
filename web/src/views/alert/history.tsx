// What happened, newest first: who did what, and what became of it.

import { useLanguage } from "../../i18n/index.tsx";
import type { Entry } from "../../api/alerts.ts";
import { day, moment, points } from "../../lib/format.ts";

const text = (value: unknown) => (typeof value === "string" ? value : undefined);

function Detail({ entry }: { entry: Entry }) {
  const { t, w, lang } = useLanguage();
  const body = entry.body;
  const level = text(body["level"]);
  const before = text(body["from"]) ?? text(body["before"]);
  return (
    <>
      {level !== undefined && (
        <p>
          {before !== undefined && <>{w("level", before)} → </>}
          {w("level", level)}
          {typeof body["score"] === "number" && <> · {t("history.score", { score: points(body["score"], lang) })}</>}
        </p>
      )}
      {text(body["verdict"]) !== undefined && <p className="entry-verdict">{w("verdict", text(body["verdict"])!)}</p>}
      {text(body["until"]) !== undefined && <p>{t("history.until", { day: day(text(body["until"])!, lang) })}</p>}
      {text(body["text"]) !== undefined && <p className="entry-words">{text(body["text"])}</p>}
      {text(body["reason"]) !== undefined && <p className="entry-words">{text(body["reason"])}</p>}
      {text(body["question"]) !== undefined && <p className="entry-words">{text(body["question"])}</p>}
      {entry.kind === "weighed" && (
        <ul className="entry-weighing">
          {Object.entries(body as Record<string, { answer: string; reason: string }>).map(([question, one]) => (
            <li key={question}>
              <strong>{w("weigh", question)}</strong> {w("answer", one.answer)}. {one.reason}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

export function History({ entries }: { entries: Entry[] }) {
  const { t, w, lang } = useLanguage();
  return (
    <ol className="history">
      {entries.map((entry) => (
        <li key={entry.id} className={`entry entry-${entry.kind}`}>
          <p className="entry-head">
            <strong>{w("entry", entry.kind)}</strong> <span>{entry.by ?? t("history.system")}</span> <time dateTime={entry.at}>{moment(entry.at, lang)}</time>
          </p>
          <Detail entry={entry} />
        </li>
      ))}
    </ol>
  );
}
