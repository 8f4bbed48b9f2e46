// For a citizen who wants to tell something: when to call 112, where a tip is safe, and what helps. Tips are taken in
// by the municipality, the police and Meld Misdaad Anoniem; this page asks for nothing and keeps nothing, so that
// nothing here can lead to who came to read it.

import { useLanguage } from "../i18n/index.tsx";
import { Heading, ViewTitle } from "../ui/parts.tsx";

export default function Tip() {
  const { t } = useLanguage();
  return (
    <main className="main page tip" id="main">
      <ViewTitle text={t("tip.title")} />
      <p className="tip-danger">
        <strong>{t("tip.danger")}</strong> {t("tip.dangerHow")}
      </p>
      <section className="panel" aria-labelledby="where">
        <Heading level={2} id="where">
          {t("tip.where")}
        </Heading>
        <dl className="tip-where">
          <dt>Meld Misdaad Anoniem: 0800-7000</dt>
          <dd>{t("tip.mma")}</dd>
          <dt>{t("tip.police")}: 0900-8844</dt>
          <dd>{t("tip.policeHow")}</dd>
          <dt>{t("tip.municipality")}</dt>
          <dd>{t("tip.municipalityHow")}</dd>
        </dl>
      </section>
      <section className="panel" aria-labelledby="helps">
        <Heading level={2} id="helps">
          {t("tip.helps")}
        </Heading>
        <ul className="plain">
          <li>{t("tip.help1")}</li>
          <li>{t("tip.help2")}</li>
          <li>{t("tip.help3")}</li>
          <li>{t("tip.help4")}</li>
        </ul>
      </section>
      <p className="hint">{t("tip.kept")}</p>
      <p>
        <a className="nl-link" href="#/">
          {t("nav.home")}
        </a>
      </p>
    </main>
  );
}
