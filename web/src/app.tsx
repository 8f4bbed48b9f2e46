// The shell: who is signed in, where they are, what they may see; and what holds everywhere: skip link, purpose
// banner, acute notices, language, theme, keyboard help.

import { SkipLink } from "@nl-design-system-candidate/skip-link-react";
import { Suspense, lazy, useEffect, useState, type ReactNode } from "react";
import { whenSignedOut } from "./api/client.ts";
import { has, useSession, useSigning, type Role, type Session } from "./api/session.ts";
import { useLanguage, type Text } from "./i18n/index.tsx";
import { useKeys } from "./lib/keys.ts";
import { go, href, usePlace, type Place } from "./lib/route.ts";
import { setTheme, useTheme } from "./lib/theme.ts";
import { AcuteBanner } from "./ui/acute.tsx";
import { KeyHelp } from "./ui/key-help.tsx";
import { Mark } from "./ui/mark.tsx";
import { Button, Empty, Trouble, Waiting } from "./ui/parts.tsx";
import { Toasts } from "./ui/toasts.tsx";
import { LiveProvider, LiveMark } from "./api/live.tsx";
import { Login } from "./views/login.tsx";
import { Queue } from "./views/queue/queue.tsx";
import { AlertView } from "./views/alert/alert.tsx";

const lazily = (load: () => Promise<{ default: (props: { place: Place }) => ReactNode }>) => lazy(load);

type View = { name: string; text: Text; roles: Role[]; key?: string; hidden?: boolean; show: (props: { place: Place }) => ReactNode };

const desk: Role[] = ["analyst", "case-lead"];

/** Every view once: name in the address, title, who it is for. The first that a person may see is their start. */
const views: View[] = [
  { name: "queue", text: "nav.queue", roles: desk, key: "1", show: Queue },
  { name: "alert", text: "nav.queue", roles: desk, hidden: true, show: AlertView },
  { name: "referrals", text: "nav.referrals", roles: [...desk, "municipal-user"], key: "2", show: lazily(() => import("./views/referrals.tsx")) },
  { name: "rules", text: "nav.rules", roles: ["policy-owner", "auditor", "case-lead"], key: "3", show: lazily(() => import("./views/rules/rules.tsx")) },
  { name: "check", text: "nav.check", roles: ["landlord"], key: "1", show: lazily(() => import("./views/landlord.tsx")) },
];

function pick(session: Session, place: Place): View | undefined {
  const mine = views.filter((view) => has(session, ...view.roles));
  return mine.find((view) => view.name === place.view) ?? (place.view === "" ? mine.find((view) => view.hidden !== true) : undefined);
}

function Switches() {
  const { lang, setLang, t } = useLanguage();
  const theme = useTheme();
  return (
    <>
      <Button purpose="subtle" lang={lang === "nl" ? "en" : "nl"} onClick={() => setLang(lang === "nl" ? "en" : "nl")}>
        {lang === "nl" ? "English" : "Nederlands"}
      </Button>
      <Button purpose="subtle" onClick={() => setTheme(theme === "dark" ? "light" : "dark")}>
        {t(theme === "dark" ? "theme.light" : "theme.dark")}
      </Button>
    </>
  );
}

function Header({ session, now }: { session: Session; now: View | undefined }) {
  const { t } = useLanguage();
  const { signOut } = useSigning();
  return (
    <header className="top">
      <a className="word" href="#/" aria-label={t("nav.home")}>
        <Mark />
        <span>pandwacht</span>
      </a>
      <nav className="nav" aria-label={t("nav.label")}>
        {views
          .filter((view) => view.hidden !== true && has(session, ...view.roles))
          .map((view) => (
            <a key={view.name} href={href(view.name)} aria-current={now?.text === view.text ? "page" : undefined}>
              {t(view.text)}
            </a>
          ))}
      </nav>
      <div className="top-end">
        {has(session, ...desk) && <LiveMark />}
        <Switches />
        <span className="who">{session.user}</span>
        <Button purpose="subtle" onClick={() => void signOut()}>
          {t("signOut")}
        </Button>
      </div>
    </header>
  );
}

function Desk({ session, place }: { session: Session; place: Place }) {
  const { t } = useLanguage();
  const [help, setHelp] = useState(false);
  const view = pick(session, place);
  useKeys([
    { key: "?", text: "key.help", run: () => setHelp(true) },
    ...views.filter((v) => v.key !== undefined && has(session, ...v.roles)).map((v) => ({ key: v.key!, text: v.text, run: () => go(href(v.name)) })),
  ]);
  return (
    <>
      <SkipLink className="nl-skip-link--visible-on-focus" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}>
        {t("skip")}
      </SkipLink>
      <Header session={session} now={view} />
      {has(session, ...desk, "municipal-user") && <AcuteBanner />}
      <main id="main" tabIndex={-1} className={`main main-${view?.name ?? "none"}`}>
        {view === undefined ? (
          <Empty title={t(place.view === "" ? "nav.nothing" : "nav.unknown")}>
            <a className="nl-link" href="#/">
              {t("nav.home")}
            </a>
          </Empty>
        ) : (
          <Suspense fallback={<Waiting />}>
            <view.show place={place} />
          </Suspense>
        )}
      </main>
      <footer className="purpose">{t(has(session, "landlord") ? "purpose.landlord" : "purpose")}</footer>
      {help && <KeyHelp onClose={() => setHelp(false)} />}
    </>
  );
}

const Tip = lazy(() => import("./views/tip.tsx"));

export function App() {
  const session = useSession();
  const { forget } = useSigning();
  const { t } = useLanguage();
  const place = usePlace();
  useEffect(() => whenSignedOut(forget));
  useEffect(() => void scrollTo(0, 0), [place.view, place.id]);
  if (place.view === "tip")
    return (
      <Suspense fallback={<Waiting />}>
        <Tip />
      </Suspense>
    );
  if (session.isPending) return <Waiting text="starting" />;
  if (session.isError)
    return (
      <main className="login" id="main">
        <Trouble error={session.error} />
        <Button purpose="primary" onClick={() => void session.refetch()}>
          {t("again")}
        </Button>
      </main>
    );
  if (session.data === null)
    return (
      <>
        <header className="top">
          <span className="top-end">
            <Switches />
          </span>
        </header>
        <Login />
      </>
    );
  return (
    <Toasts>
      <LiveProvider session={session.data}>
        <Desk session={session.data} place={place} />
      </LiveProvider>
    </Toasts>
  );
}
