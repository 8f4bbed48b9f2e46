// A fact in a line: what, when, from what kind of source, and its coded fields. Texts stay sealed; parties are letters.

import { useLanguage } from "../../i18n/index.tsx";
import type { Fact } from "../../api/alerts.ts";
import { count, day } from "../../lib/format.ts";
import { Tag } from "../../ui/parts.tsx";

const own = new Set(["occurredOn"]);

function value(raw: unknown, w: (kind: string, value: string) => string, lang: "nl" | "en"): string {
  if (typeof raw === "boolean") return w("relation", raw ? "yes" : "no");
  if (typeof raw === "number") return count(raw, lang);
  if (Array.isArray(raw)) return raw.map((one) => value(one, w, lang)).join(", ");
  if (typeof raw === "object" && raw !== null) {
    const party = raw as { scheme?: string; same?: string };
    return party.same === undefined ? "" : `${w("party", party.scheme ?? "")} ${party.same}`;
  }
  const text = String(raw);
  return w("value", text);
}

export function FactLine({ fact, id }: { fact: Fact | undefined; id: string }) {
  const { t, w, lang } = useLanguage();
  if (fact === undefined) return <span className="fact-gone">{t("fact.gone", { id: id.slice(0, 8) })}</span>;
  const fields = Object.entries(fact.fields).filter(([name, raw]) => !own.has(name) && raw !== "unknown");
  return (
    <span className={fact.status === "live" ? "fact" : "fact fact-ended"}>
      <strong>{fact.title}</strong> <time dateTime={fact.occurredOn}>{day(fact.occurredOn, lang)}</time> <Tag>{w("class", fact.sourceClass)}</Tag>{" "}
      {fact.status !== "live" && <Tag tone="urgent">{w("factStatus", fact.status)}</Tag>}
      <span className="fact-fields">
        {fields.map(([name, raw]) => (
          <span key={name} className="fact-field">
            <span className="fact-name">{w("field", name)}</span> {value(raw, w, lang)}
          </span>
        ))}
      </span>
    </span>
  );
}
