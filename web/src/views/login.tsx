// Signing in. One answer for every reason it fails, as the API has it.

import { useState, type FormEvent } from "react";
import { useSigning } from "../api/session.ts";
import { useLanguage } from "../i18n/index.tsx";
import { Button, Heading, Paragraph, TextField, Trouble } from "../ui/parts.tsx";
import { Mark } from "../ui/mark.tsx";

export function Login() {
  const { t } = useLanguage();
  const { signIn } = useSigning();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(undefined);
    try {
      await signIn(String(form.get("user")), String(form.get("password")));
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  }

  return (
    <main className="login" id="main">
      <div className="login-word">
        <Mark />
        <Heading level={1}>pandwacht</Heading>
        <Paragraph>{t("login.lead")}</Paragraph>
      </div>
      <form className="login-form" onSubmit={submit}>
        <Trouble error={error} />
        <TextField label={t("login.user")} name="user" autoComplete="username" required autoFocus maxLength={200} />
        <TextField label={t("login.password")} name="password" type="password" autoComplete="current-password" required maxLength={1024} />
        <Button type="submit" purpose="primary" busy={busy}>
          {t(busy ? "login.busy" : "login.go")}
        </Button>
        <p className="hint">{t("login.notice")}</p>
        <p className="hint">
          <a className="nl-link" href="#/tip">
            {t("login.tip")}
          </a>
        </p>
      </form>
    </main>
  );
}
