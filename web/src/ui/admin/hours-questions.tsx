// What is asked before office hours are saved, removed, or left for others to edit.
import { useRef } from "preact/hooks";
import type { AdminApi, Tenant } from "../../client/admin-api";
import { unsavedWords } from "../account/words";
import { wholeDay } from "../i18n/format";
import { words } from "../i18n/language";
import { Ask } from "../parts/ask";
import { failureOf } from "../parts/failure-notice";
import { spanText } from "./hours-list";
import { differing, type Held, heldOn, over, withoutChange } from "./office-changes";
import { weekText } from "./office-week";
import { SureDialog } from "./sure-dialog";
import { adminWords } from "./words";

export interface SureHoursProps {
  /** What else changes by it. */
  readonly told: readonly string[];
  readonly onSave: () => void;
  readonly onClose: () => void;
}

export function SureHours({ told, onSave, onClose }: SureHoursProps) {
  const w = adminWords.value;
  return (
    <Ask title={w.hours.sureTitle} onClose={onClose}>
      {told.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <div class="acts">
        <button type="button" class="button danger" onClick={onSave}>
          {w.save}
        </button>
        <button type="button" class="button plain" data-safe onClick={onClose}>
          {words.value.app.cancel}
        </button>
      </div>
    </Ask>
  );
}

export interface RemoveHoursProps {
  readonly api: AdminApi;
  /** As it was read last. */
  readonly tenant: Tenant;
  readonly held: Held;
  /** ISO 8601, in the tenant's zone. */
  readonly today: string;
  readonly onTenant: (tenant: Tenant) => void;
  readonly onRemoved: (tenant: Tenant) => void;
  readonly onClose: () => void;
}

export function RemoveHours({ api, tenant, held, today, onTenant, onRemoved, onClose }: RemoveHoursProps) {
  const w = adminWords.value;
  const hours = tenant.officeHours;
  const left = withoutChange(hours, held.from);
  const recounted = over(differing(hours, left), today).map(spanText);
  const text = [
    w.hours.removeText(wholeDay(held.from, false), weekText(heldOn(left, held.from))),
    ...(recounted.length > 0 ? [w.hours.recounted(recounted.join(", "))] : []),
  ].join(" ");
  // Who reads the newest meanwhile presses once more, on what they see then.
  const base = useRef(tenant);
  base.current = tenant;
  const remove = async () => {
    const on = base.current;
    try {
      const newest = await api.updateTenant(on.revision, { officeHours: withoutChange(on.officeHours, held.from) });
      onTenant(newest);
      onRemoved(newest);
    } catch (thrown: unknown) {
      if (failureOf(thrown).code === "CONFLICT") onTenant(await api.tenant());
      throw thrown;
    }
  };
  return (
    <SureDialog
      title={w.hours.removeTitle(spanText(held))}
      text={text}
      action={w.remove}
      working={w.hours.removing}
      danger
      act={remove}
      sentence={(thrown) => (failureOf(thrown).code === "CONFLICT" ? w.hours.changed : "")}
      onClose={onClose}
    />
  );
}

export interface DropTypedProps {
  readonly onDrop: () => void;
  readonly onClose: () => void;
}

export function DropTyped({ onDrop, onClose }: DropTypedProps) {
  const u = unsavedWords.value;
  return (
    <Ask title={adminWords.value.unsaved} onClose={onClose}>
      <div class="acts">
        <button type="button" class="button danger" onClick={onDrop}>
          {u.discard}
        </button>
        <button type="button" class="button plain" data-safe onClick={onClose}>
          {u.keepTyping}
        </button>
      </div>
    </Ask>
  );
}
