// Acute notices: on top of everything until somebody says to take them up. They never change a score.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data } from "../api/client.ts";
import { useLanguage } from "../i18n/index.tsx";
import { span } from "../lib/format.ts";
import { useSession } from "../api/session.ts";
import { placeName } from "./place.tsx";
import { Button } from "./parts.tsx";
import { useTell } from "./toasts.tsx";

const POLL_MS = 30_000;

export function AcuteBanner() {
  const { t, w, lang } = useLanguage();
  const session = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  const notices = useQuery({ queryKey: ["dangers"], queryFn: () => data(api.GET("/v1/danger-notices", { params: { query: { limit: 20, status: "open" } } })), refetchInterval: POLL_MS });
  const open = notices.data?.items.filter((notice) => notice.acknowledgedAt == null) ?? [];

  async function take(id: string) {
    try {
      await api.POST("/v1/danger-notices/{id}/acknowledgements", { params: { path: { id } }, body: { by: session.data?.user ?? "" } });
      tell(t("acute.taken"));
    } catch {
      tell(t("trouble.network"));
    }
    await queries.invalidateQueries({ queryKey: ["dangers"] });
  }

  if (open.length === 0) return null;
  return (
    <section className="acute" aria-label={t("acute.title")}>
      {open.map((notice) => (
        <div className="acute-notice" key={notice.id} role="alert">
          <div>
            <strong>{t("acute.title")}</strong> {placeName(notice.premises)}
            {": "}
            {notice.dangerKind != null ? w("danger", notice.dangerKind) : notice.category != null ? w("category", notice.category) : ""}. {t(notice.verified ? "acute.verified" : "acute.unverified")}{" "}
            <span className="acute-time">{span(notice.reportedAt, lang)}</span>
          </div>
          <Button onClick={() => void take(notice.id)}>{t("acute.take")}</Button>
        </div>
      ))}
    </section>
  );
}
