// What has just happened, said at the foot of the page: aloud for who cannot see it, with Undo where that is possible.

import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from "react";
import { useKeys } from "../lib/keys.ts";
import { useLanguage } from "../i18n/index.tsx";
import { Button } from "./parts.tsx";

type Toast = { id: number; text: string; undo?: (() => void) | undefined };
type Tell = (text: string, undo?: () => void) => void;

const context = createContext<Tell>(() => {});
export const useTell = () => useContext(context);

const SHOWN_MS = 10_000;
let serial = 0;

export function Toasts({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const { t } = useLanguage();
  const drop = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const tell = useCallback<Tell>(
    (text, undo) => {
      const id = ++serial;
      setToasts((all) => [...all.slice(-2), { id, text, undo }]);
      setTimeout(() => drop(id), SHOWN_MS);
    },
    [drop],
  );
  const last = toasts.findLast((toast) => toast.undo !== undefined);
  const undo = useMemo(
    () => (last === undefined ? [] : [{ key: "z", text: "key.undo" as const, run: () => (last.undo?.(), drop(last.id)) }]),
    [last, drop],
  );
  useKeys(undo, undo.length > 0);
  return (
    <context.Provider value={tell}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map((toast) => (
          <div className="toast" key={toast.id}>
            <span>{toast.text}</span>
            {toast.undo !== undefined && <Button onClick={() => (toast.undo?.(), drop(toast.id))}>{t("undo")}</Button>}
          </div>
        ))}
      </div>
    </context.Provider>
  );
}
