// The ledger: on the left what counts and how much, on the right, as large, what else it may be. It is a waterfall:
// each bar begins where the one before it ended, and the last figure is the score.

import { useLanguage } from "../../i18n/index.tsx";
import type { Alert, Fact, Line } from "../../api/alerts.ts";
import { exact } from "../../lib/format.ts";
import { Tag } from "../../ui/parts.tsx";
import { FactLine } from "./facts.tsx";
import { sum, type Step, type Sum } from "./sum.ts";

/** A number of points, its thousandths in lighter ink. */
export function Points({ value, signed = false }: { value: number; signed?: boolean }) {
  const { lang } = useLanguage();
  const [whole = "", fraction] = exact(Math.abs(value), lang).split(lang === "nl" ? "," : ".");
  const sign = value < 0 ? "−" : signed ? "+" : "";
  return (
    <span className="points num">
      {sign}
      {whole}
      <span className="points-fraction">
        {lang === "nl" ? "," : "."}
        {fraction}
      </span>
    </span>
  );
}

function Bar({ step, scale }: { step: Step; scale: Sum }) {
  const width = scale.high - scale.low || 1;
  const left = Math.min(step.from, step.to) - scale.low;
  return (
    <span className="bar" aria-hidden="true">
      <span className={step.to < step.from ? "bar-part bar-takes" : "bar-part"} style={{ left: `${(left / width) * 100}%`, width: `${(Math.abs(step.to - step.from) / width) * 100}%` }} />
    </span>
  );
}

function RuleBehind({ line, facts }: { line: Line; facts: Map<string, Fact> }) {
  const { t, w, lang } = useLanguage();
  const witnesses = line.witnesses ?? [];
  return (
    <details className="behind">
      <summary>{t("ledger.behind", { n: witnesses.length })}</summary>
      <div className="behind-inside">
        {witnesses.length > 0 && (
          <ul className="facts">
            {witnesses.map((id) => (
              <li key={id}>
                <FactLine fact={facts.get(id)} id={id} />
              </li>
            ))}
          </ul>
        )}
        <dl className="pairs">
          {line.decidedBy !== undefined && line.decidedBy !== "" && (
            <>
              <dt>{t("ledger.decidedBy")}</dt>
              <dd>
                <code>{line.decidedBy}</code>
              </dd>
            </>
          )}
          <dt>{t("ledger.source")}</dt>
          <dd>
            {line.source} · {t("ledger.grade", { grade: line.grade ?? "" })} ({w("grade", line.grade ?? "")})
          </dd>
          {line.fullPoints !== undefined && line.fullPoints !== line.points && (
            <>
              <dt>{t("ledger.decay")}</dt>
              <dd>{t("ledger.decayed", { full: exact(line.fullPoints, lang), now: exact(line.points, lang) })}</dd>
            </>
          )}
          <dt>{t("ledger.rule")}</dt>
          <dd>
            <code>{line.id}</code>
          </dd>
        </dl>
      </div>
    </details>
  );
}

function LedgerLine({ step, scale, facts }: { step: Step; scale: Sum; facts: Map<string, Fact> }) {
  const { t, w } = useLanguage();
  const { line } = step;
  if (line.kind !== "rule") {
    const name = line.kind === "withheld" ? t("ledger.withheld") : t(`cap.${line.scope ?? "theme"}`, { name: w(line.scope === "class" ? "class" : "theme", line.id ?? "") });
    return (
      <li className="ledger-line ledger-cap">
        <Bar step={step} scale={scale} />
        <Points value={line.points} signed />
        <p className="ledger-what">{name}</p>
      </li>
    );
  }
  return (
    <li className={line.draft === true ? "ledger-line ledger-draft" : "ledger-line"}>
      <Bar step={step} scale={scale} />
      <Points value={line.points} signed />
      <div className="ledger-what">
        <p className="ledger-title">
          {line.title} {line.draft === true && <Tag>{t("ledger.draft")}</Tag>}
        </p>
        {line.explain !== undefined && line.explain !== "" && <p className="ledger-explain">{line.explain}</p>}
        <p className="ledger-classes">{(line.classes ?? []).map((name) => w("class", name)).join(", ")}</p>
        <RuleBehind line={line} facts={facts} />
      </div>
      <div className="ledger-innocent">
        <p className="ledger-innocent-head">{t("ledger.innocent")}</p>
        <ul>
          {(line.innocent ?? []).map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      </div>
    </li>
  );
}

export function Ledger({ alert, facts }: { alert: Alert; facts: Map<string, Fact> }) {
  const { t, w } = useLanguage();
  const scale = sum(alert.explanation ?? []);
  return (
    <section className="ledger" aria-labelledby="ledger">
      <div className="ledger-heads">
        <h2 className="nl-heading nl-heading--level-2" id="ledger">
          {t("ledger.title")}
        </h2>
        <p className="ledger-heads-innocent" aria-hidden="true">
          {t("ledger.innocentTitle")}
        </p>
      </div>
      {scale.parts.map((part) => (
        <section className="ledger-part" key={part.id} aria-label={part.kind === "theme" ? w("theme", part.id) : t("ledger.overall")}>
          <h3 className="ledger-theme">
            <span>{part.kind === "theme" ? w("theme", part.id) : t("ledger.overall")}</span>
            <Points value={part.points} signed={part.kind === "overall"} />
          </h3>
          <ol className="ledger-lines">
            {part.steps.map((step, i) => (
              <LedgerLine key={`${step.line.id ?? ""}${i}`} step={step} scale={scale} facts={facts} />
            ))}
          </ol>
        </section>
      ))}
      <p className="ledger-total">
        <span className="ledger-total-word">{t("ledger.total")}</span>
        <Points value={scale.total} />
        <span className="ledger-total-proof">{Math.round(scale.total * 1000) === Math.round(alert.score * 1000) ? t("ledger.adds") : t("ledger.addsNot")}</span>
      </p>
    </section>
  );
}
