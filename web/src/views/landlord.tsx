// The landlord's tenant check as a form that explains itself: first the stage, then only what may be asked then. It
// knows what the landlord says and nothing else; it gives findings and next steps, never a score.

import { useState, type FormEvent } from "react";
import { api, ApiError, data, type Schemas } from "../api/client.ts";
import { useLanguage } from "../i18n/index.tsx";
import { day, today } from "../lib/format.ts";
import { Button, Choice, Heading, SelectField, Tag, TextField, Trouble, ViewTitle } from "../ui/parts.tsx";

const stages = ["before-viewing", "after-viewing", "selected", "signing", "during", "end"] as const;
type Stage = (typeof stages)[number];
type Check = Schemas["TenantCheck"];
type Items = Schemas["TenantCheckItems"];

const relations: Record<Stage, (keyof Items)[]> = {
  "before-viewing": ["contactGiven"],
  "after-viewing": ["incomeProofSeen", "householdSizeFits", "landlordStatementConfirmed"],
  selected: ["idOriginalSeen", "idAuthentic", "samePersonChain", "payslipBankConsistent", "employerConfirmed", "signatoryAuthorised", "purposeFitsObject", "requirementsFitPurpose", "proxyDocumented"],
  signing: ["accountInTenantsName", "cashAsked", "cddDone", "frontPersonExplained"],
  during: ["payerChanged", "lockChanged", "subletSuspected"],
  end: ["reportMade"],
};

const lettings = ["dwelling", "room", "business", "storage", "holiday", "parking"];

/** Premises as a landlord names them: postcode, number, and what comes behind it. */
function premises(form: FormData): Schemas["TenantCheckBody"]["premises"] {
  const [, number = "", letter, addition] = /^(\d+)\s*([A-Za-z])?\s*-?\s*(\w+)?$/.exec(String(form.get("number")).trim()) ?? [];
  return {
    address: {
      postcode: String(form.get("postcode")).replace(/\s/g, "").toUpperCase(),
      houseNumber: Number(number),
      ...(letter === undefined ? {} : { houseLetter: letter.toUpperCase() }),
      ...(addition === undefined ? {} : { houseNumberAddition: addition }),
    },
  } as Schemas["TenantCheckBody"]["premises"];
}

function Findings({ check, again }: { check: Check; again: () => void }) {
  const { t, w, lang } = useLanguage();
  const shown = check.findings.filter((finding) => finding.result !== "not-asked");
  const tone = { ok: "calm", open: "plain", inconsistent: "alert", "not-asked": "plain" } as const;
  return (
    <section className="panel findings" aria-labelledby="findings">
      <Heading level={2} id="findings">
        {t("check.findings")}
      </Heading>
      <p className="notice">{check.notice}</p>
      <ul>
        {shown.map((finding) => (
          <li key={finding.id} className="finding">
            <Tag tone={tone[finding.result]}>{w("finding", finding.result)}</Tag>
            <div>
              <p className="finding-title">{w("check", finding.code)}</p>
              {finding.nextStep != null && <p>{finding.nextStep}</p>}
              {check.innocent?.filter((one) => one.id === finding.id).map((one) => <p key={one.text} className="hint">{t("check.innocent", { text: one.text })}</p>)}
            </div>
          </li>
        ))}
      </ul>
      <p className="hint">{t("check.later", { n: check.findings.length - shown.length })}</p>
      <p className="hint">{t("check.destroy", { day: day(check.destroyOn, lang) })}</p>
      <div className="buttons">
        <Button onClick={again}>{t("check.again")}</Button>
        <Button purpose="subtle" onClick={() => print()}>
          {t("key.print")}
        </Button>
      </div>
    </section>
  );
}

export default function Landlord() {
  const { t, w } = useLanguage();
  const [stage, setStage] = useState<Stage>("before-viewing");
  const [answers, setAnswers] = useState<Partial<Record<keyof Items, string>>>({});
  const [check, setCheck] = useState<Check | undefined>();
  const [error, setError] = useState<unknown>();
  const reached = stages.slice(0, stages.indexOf(stage) + 1);
  const fault = (pointer: string) => (error instanceof ApiError ? error.fault(pointer) : undefined);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setError(undefined);
    try {
      const items: Record<string, unknown> = { ...answers };
      if (reached.includes("selected") && form.get("kvk")) items["kvkExtractOn"] = String(form.get("kvk"));
      if (reached.includes("signing") && form.get("deposit")) items["depositMonths"] = Number(form.get("deposit"));
      if (reached.includes("during") && form.get("inspected")) items["lastInspectionOn"] = String(form.get("inspected"));
      const body = { sourceId: crypto.randomUUID(), premises: premises(form), stage, lettingType: String(form.get("letting")), noticeGiven: true, items } as Schemas["TenantCheckBody"];
      setCheck(await data(api.POST("/v1/tenant-checks", { body })));
      scrollTo(0, 0);
    } catch (reason) {
      setError(reason);
      scrollTo(0, 0);
    }
  }

  return (
    <div className="page">
      <ViewTitle text={t("nav.check")} />
      <p>{t("check.lead")}</p>
      <Trouble error={error} />
      {check !== undefined && <Findings check={check} again={() => setCheck(undefined)} />}
      <form className="panel check-form" onSubmit={submit} hidden={check !== undefined}>
        <Choice legend={t("check.stage")} name="stage" value={stage} onChange={setStage} options={stages.map((one) => [one, w("stage", one)] as const)} />
        <p className="hint">{t("check.stageHint")}</p>
        <div className="pair">
          <TextField label={t("check.postcode")} name="postcode" required pattern="[0-9]{4} ?[A-Za-z]{2}" autoComplete="off" placeholder="1234 AB" fault={fault("/premises/address/postcode")} />
          <TextField label={t("check.number")} name="number" required pattern="[0-9]{1,5} ?[A-Za-z]? ?-?[0-9A-Za-z]{0,4}" autoComplete="off" fault={fault("/premises/address/houseNumber")} />
        </div>
        <SelectField label={t("check.letting")} name="letting">
          {lettings.map((one) => (
            <option key={one} value={one}>
              {w("value", one)}
            </option>
          ))}
        </SelectField>
        {reached.map((one) => (
          <section key={one} className="check-stage" aria-label={w("stage", one)}>
            <Heading level={2}>{w("stage", one)}</Heading>
            {relations[one].map((item) => (
              <Choice key={item} legend={w("item", item)} name={item} value={answers[item] as "yes" | "no" | "unknown" | undefined} onChange={(value) => setAnswers({ ...answers, [item]: value })} options={(["yes", "no", "unknown"] as const).map((value) => [value, w("relation", value)] as const)} />
            ))}
            {one === "selected" && <TextField label={w("item", "kvkExtractOn")} name="kvk" type="date" max={today()} />}
            {one === "signing" && <TextField label={w("item", "depositMonths")} name="deposit" type="number" min={0} max={100} step="any" />}
            {one === "during" && <TextField label={w("item", "lastInspectionOn")} name="inspected" type="date" max={today()} />}
          </section>
        ))}
        <label className="agree">
          <input type="checkbox" required />
          {t("check.notice")}
        </label>
        <div className="buttons">
          <Button type="submit" purpose="primary">
            {t("check.send")}
          </Button>
        </div>
      </form>
    </div>
  );
}
