// The queue as it happens. Until the stream is there, the queue is read again now and then.

import { createContext, useContext, type ReactNode } from "react";
import { useLanguage } from "../i18n/index.tsx";
import type { Session } from "./session.ts";

type Live = "off" | "connecting" | "live";
const context = createContext<Live>("off");

export function LiveProvider({ children }: { session: Session; children: ReactNode }) {
  return <context.Provider value="off">{children}</context.Provider>;
}

export function LiveMark() {
  const { t } = useLanguage();
  const state = useContext(context);
  return (
    <span className={`live live-${state}`} role="status">
      {t(`live.${state}`)}
    </span>
  );
}
