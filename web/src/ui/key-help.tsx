// The help sheet: the keys that work here and now, from the same table that makes them work.

import { useState } from "react";
import { useLanguage } from "../i18n/index.tsx";
import { useBindings, type Binding } from "../lib/keys.ts";
import { Dialog, Key } from "./parts.tsx";

const shown: Record<string, string> = { " ": "␣", ArrowDown: "↓", ArrowUp: "↑", Enter: "↵", Escape: "Esc" };

export function KeyHelp({ onClose }: { onClose: () => void }) {
  const { t } = useLanguage();
  const all = useBindings();
  const [layers] = useState(all); // as it was when asked
  const seen = new Set<string>();
  const bindings: Binding[] = [];
  for (const layer of layers.toReversed())
    for (const binding of layer) {
      if (binding.hidden === true || seen.has(binding.key)) continue;
      seen.add(binding.key);
      bindings.push(binding);
    }
  return (
    <Dialog title={t("help.title")} onClose={onClose}>
      <dl className="keys">
        {bindings.map((binding) => (
          <div key={binding.key}>
            <dt>
              <Key>{shown[binding.key] ?? binding.key}</Key>
            </dt>
            <dd>{t(binding.text)}</dd>
          </div>
        ))}
      </dl>
      <p className="hint">{t("help.note")}</p>
    </Dialog>
  );
}
