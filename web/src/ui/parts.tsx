// The small parts every view is made of. Buttons, headings, paragraphs and links are the NL Design System's.

import { Button } from "@nl-design-system-candidate/button-react";
import { Heading } from "@nl-design-system-candidate/heading-react";
import { Link } from "@nl-design-system-candidate/link-react";
import { Paragraph } from "@nl-design-system-candidate/paragraph-react";
import { useEffect, useId, useLayoutEffect, useRef, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes } from "react";
import { ApiError } from "../api/client.ts";
import { useLanguage, type Text } from "../i18n/index.tsx";

export { Button, Heading, Link, Paragraph };

const shapes: Record<string, ReactNode> = {
  urgent: <path d="M8 1 15 8 8 15 1 8z M7.2 4.6h1.6l-.2 4.3H7.4z M8 10a1 1 0 1 1 0 2 1 1 0 0 1 0-2z" fillRule="evenodd" />,
  alert: <path d="M8 1.8 15.2 14H.8z M7.3 6h1.4l-.2 4H7.5z M8 10.8a.8.8 0 1 1 0 1.6.8.8 0 0 1 0-1.6z" fillRule="evenodd" />,
  watch: <path d="M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zm0 1.6a4.4 4.4 0 1 0 0 8.8 4.4 4.4 0 0 0 0-8.8zm0 2.2a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4z" fillRule="evenodd" />,
  none: <path d="M3 7.2h10v1.6H3z" />,
};

/** A level by shape, word and colour: any one of the three is enough. */
export function Level({ level, big = false }: { level: string; big?: boolean }) {
  const { w } = useLanguage();
  return (
    <span className={`level level-${level}${big ? " level-big" : ""}`}>
      <svg viewBox="0 0 16 16" width="1em" height="1em" aria-hidden="true" fill="currentColor">
        {shapes[level] ?? shapes["none"]}
      </svg>
      {w("level", level)}
    </span>
  );
}

export const Tag = ({ children, tone = "plain" }: { children: ReactNode; tone?: "plain" | "calm" | "alert" | "urgent" | "accent" }) => (
  <span className={`tag tag-${tone}`}>{children}</span>
);

export const Key = ({ children }: { children: ReactNode }) => <kbd className="key">{children}</kbd>;

/** What went wrong, said once and aloud. */
export function Trouble({ error }: { error: unknown }) {
  const { t } = useLanguage();
  if (error === null || error === undefined) return null;
  const text = error instanceof ApiError ? error.message : t("trouble.network");
  return (
    <p className="trouble" role="alert">
      {text}
    </p>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

// ---- form fields ----

type FieldProps = { label: ReactNode; hint?: ReactNode; fault?: string | undefined; children: (ids: { id: string; describedBy: string | undefined }) => ReactNode };

export function Field({ label, hint, fault, children }: FieldProps) {
  const id = useId();
  const described = [hint === undefined ? "" : `${id}-hint`, fault === undefined ? "" : `${id}-fault`].filter(Boolean).join(" ") || undefined;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint !== undefined && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault !== undefined && (
        <p className="fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
      {children({ id, describedBy: described })}
    </div>
  );
}

type Common = { label: ReactNode; hint?: ReactNode; fault?: string | undefined };

export function TextField({ label, hint, fault, ...rest }: Common & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <Field label={label} hint={hint} fault={fault}>
      {({ id, describedBy }) => (
        <input {...rest} id={id} aria-describedby={describedBy} aria-invalid={fault !== undefined || undefined} className={`utrecht-textbox${fault === undefined ? "" : " utrecht-textbox--invalid"}`} />
      )}
    </Field>
  );
}

export function AreaField({ label, hint, fault, ...rest }: Common & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <Field label={label} hint={hint} fault={fault}>
      {({ id, describedBy }) => (
        <textarea {...rest} id={id} aria-describedby={describedBy} aria-invalid={fault !== undefined || undefined} className={`utrecht-textarea${fault === undefined ? "" : " utrecht-textarea--invalid"}`} />
      )}
    </Field>
  );
}

export function SelectField({ label, hint, fault, children, ...rest }: Common & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <Field label={label} hint={hint} fault={fault}>
      {({ id, describedBy }) => (
        <select {...rest} id={id} aria-describedby={describedBy} aria-invalid={fault !== undefined || undefined} className="utrecht-select">
          {children}
        </select>
      )}
    </Field>
  );
}

/** One of a few answers, as radio buttons side by side. */
export function Choice<T extends string>({ legend, name, options, value, onChange }: { legend: ReactNode; name: string; options: readonly (readonly [T, ReactNode])[]; value: T | undefined; onChange: (value: T) => void }) {
  return (
    <fieldset className="choice">
      <legend>{legend}</legend>
      <div className="choice-options">
        {options.map(([option, text]) => (
          <label key={option} className={value === option ? "choice-option chosen" : "choice-option"}>
            <input type="radio" name={name} value={option} checked={value === option} onChange={() => onChange(option)} />
            {text}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

// ---- dialog ----

/** A native dialog: focus stays inside, Escape closes, focus goes back to where it was. */
export function Dialog({ title, onClose, children, wide = false }: { title: ReactNode; onClose: () => void; children: ReactNode; wide?: boolean }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const { t } = useLanguage();
  useLayoutEffect(() => {
    const before = document.activeElement;
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} className={wide ? "dialog dialog-wide" : "dialog"} aria-labelledby={id} onCancel={(event) => (event.preventDefault(), onClose())} onClick={(event) => event.target === dialog.current && onClose()}>
      <div className="dialog-inside">
        <header className="dialog-head">
          <Heading level={2} id={id}>
            {title}
          </Heading>
          <Button purpose="subtle" onClick={onClose}>
            {t("close")}
          </Button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** The title of the document and of the view, and the place where focus goes when the view is new. */
export function ViewTitle({ text, children }: { text: string; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${text} · pandwacht`;
  }, [text]);
  return (
    <div className="view-title">
      <Heading level={1}>{text}</Heading>
      {children}
    </div>
  );
}

export const Waiting = ({ text = "waiting" }: { text?: Text }) => {
  const { t } = useLanguage();
  return (
    <p className="waiting" role="status">
      {t(text)}
    </p>
  );
};
