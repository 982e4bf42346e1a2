// The tenant itself: name, zone, language, and how long what is recorded on people is kept, and what for.
import { useState } from "preact/hooks";
import { words } from "../i18n/language";
import { Ask } from "../parts/ask";
import { Field, TextField } from "../parts/field";
import { SelectField } from "../parts/select-field";
import { letters } from "./lengths";
import { PartForm, type PartProps, useTenantPart, type Wrong } from "./tenant-part";
import { adminWords } from "./words";

/** What 0 stands for unless the operator has set another default. */
const USUAL_DAYS = 730;
const LEAST_AUDIT_DAYS = 30;
const MOST_DAYS = 3650;

function within(days: string, least: number): boolean {
  return /^[0-9]{1,4}$/.test(days) && Number(days) >= least && Number(days) <= MOST_DAYS;
}

export function TenantSection(props: PartProps) {
  const w = adminWords.value;
  const t = w.tenant;
  const [asking, setAsking] = useState(false);
  const part = useTenantPart({
    ...props,
    read: ({ name, timeZone, language, retention }) => ({
      name,
      timeZone,
      language,
      days: String(retention.days || USUAL_DAYS),
      auditDays: String(retention.auditDays || USUAL_DAYS),
      purpose: retention.purpose,
    }),
    write: (draft, tenant) => {
      // What nobody has set stays the instance's default.
      const set = (days: number, before: number) => (before === 0 && days === USUAL_DAYS ? 0 : days);
      return {
        name: draft.name.trim(),
        timeZone: draft.timeZone,
        language: draft.language,
        retention: {
          days: set(Number(draft.days), tenant.retention.days),
          auditDays: set(Number(draft.auditDays), tenant.retention.auditDays),
          purpose: draft.purpose.trim(),
        },
      };
    },
    check: (draft): Wrong => ({
      ...(letters(draft.name) > 0 && letters(draft.name) <= 120 ? {} : { name: t.wrong.name }),
      ...(within(draft.days, 1) ? {} : { days: t.wrong.days }),
      ...(within(draft.auditDays, LEAST_AUDIT_DAYS) ? {} : { auditDays: t.wrong.auditDays }),
      ...(letters(draft.purpose) <= 500 ? {} : { purpose: t.wrong.purpose }),
    }),
    refused: (field) => {
      if (field === "name") return ["name", t.wrong.name];
      if (field === "time_zone") return ["zone", t.wrong.zone];
      if (field === "language") return ["language", t.wrong.language];
      if (field === "retention.audit_days") return ["auditDays", t.wrong.auditDays];
      if (field === "retention.purpose") return ["purpose", t.wrong.purpose];
      return field.startsWith("retention") ? ["days", t.wrong.days] : null;
    },
  });
  const { draft, wrong, base } = part;
  const shorter = {
    days: Number(draft.days) < (base.retention.days || USUAL_DAYS),
    audit: Number(draft.auditDays) < (base.retention.auditDays || USUAL_DAYS),
  };
  const asks = (shorter.days || shorter.audit) && within(draft.days, 1) && within(draft.auditDays, LEAST_AUDIT_DAYS);
  const zones = Object.entries(t.zones);
  if (!(draft.timeZone in t.zones)) zones.push([draft.timeZone, draft.timeZone]);
  return (
    <>
      <PartForm of={part} onSave={() => (asks ? setAsking(true) : part.save())}>
        <TextField
          label={t.name}
          hint={t.slug(base.slug)}
          autocomplete="off"
          value={draft.name}
          wrong={wrong.name}
          onText={(name) => part.change({ name })}
        />
        <SelectField
          label={t.zone}
          hint={t.zoneHint}
          value={draft.timeZone}
          options={zones}
          wrong={wrong.zone}
          onValue={(timeZone) => part.change({ timeZone })}
        />
        <SelectField
          label={t.language}
          value={draft.language}
          options={Object.entries(t.languages)}
          wrong={wrong.language}
          onValue={(language) => part.change({ language })}
        />
        <h3>{t.retention}</h3>
        <p class="quiet">{t.retentionText}</p>
        <TextField
          label={t.days}
          hint={t.daysHint}
          inputmode="numeric"
          autocomplete="off"
          fieldClass="short"
          value={draft.days}
          wrong={wrong.days}
          onText={(days) => part.change({ days: days.trim() })}
        />
        <TextField
          label={t.auditDays}
          hint={t.auditDaysHint}
          inputmode="numeric"
          autocomplete="off"
          fieldClass="short"
          value={draft.auditDays}
          wrong={wrong.auditDays}
          onText={(auditDays) => part.change({ auditDays: auditDays.trim() })}
        />
        <Field label={t.purpose} hint={t.purposeHint} wrong={wrong.purpose}>
          {(attributes) => (
            <textarea
              rows={4}
              {...attributes}
              value={draft.purpose}
              onInput={(event) => part.change({ purpose: event.currentTarget.value })}
            />
          )}
        </Field>
      </PartForm>
      {asking && (
        <Ask title={t.shorterTitle} onClose={() => setAsking(false)}>
          {shorter.days && <p>{t.shorterText(Number(draft.days))}</p>}
          {shorter.audit && <p>{t.shorterAuditText(Number(draft.auditDays))}</p>}
          <div class="acts">
            <button
              type="button"
              class="button danger"
              onClick={() => {
                setAsking(false);
                part.save();
              }}
            >
              {w.save}
            </button>
            <button type="button" class="button plain" data-safe onClick={() => setAsking(false)}>
              {words.value.app.cancel}
            </button>
          </div>
        </Ask>
      )}
    </>
  );
}
