// A unit: made, renamed, moved, deleted.
import { useState } from "preact/hooks";
import type { AdminApi, Unit } from "../../client/admin-api";
import { failureOf, type MetFailure, met, metNow } from "../parts/failure-notice";
import { TextField } from "../parts/field";
import { SelectField } from "../parts/select-field";
import { ConflictNotice } from "./conflict-notice";
import { FormDialog } from "./form-dialog";
import { letters } from "./lengths";
import { SureDialog } from "./sure-dialog";
import type { Wrong } from "./tenant-part";
import { below, unitOptions } from "./unit-tree";
import { adminWords } from "./words";

export interface UnitDialogProps {
  readonly api: AdminApi;
  readonly units: readonly Unit[];
  /** null: a new one. */
  readonly unit: Unit | null;
  readonly parentId: string;
  readonly onUnits: (units: readonly Unit[]) => void;
  readonly onBelow: (parent: Unit) => void;
  readonly onClose: () => void;
}

export function UnitDialog({ api, units, unit, parentId, onUnits, onBelow, onClose }: UnitDialogProps) {
  const w = adminWords.value;
  const [base, setBase] = useState(unit);
  const [draft, setDraft] = useState({ name: unit?.name ?? "", parentId });
  const [wrong, setWrong] = useState<Wrong>({});
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [state, setState] = useState<"" | "working" | "conflict" | "deleting">("");
  /** What "mine" repeats after a conflict. */
  const [refused, setRefused] = useState<"save" | "delete">("save");
  const dirty = draft.name !== (base?.name ?? "") || draft.parentId !== (base?.parentId ?? parentId);
  const change = (part: Partial<typeof draft>) => {
    setDraft({ ...draft, ...part });
    setWrong({});
  };

  const refuse = (thrown: unknown) => {
    const failure = failureOf(thrown);
    setState("");
    if (failure.field === "name") {
      setWrong({ name: failure.code === "CONFLICT" ? w.units.wrong.taken : w.units.wrong.name });
    } else if (failure.field === "parent_id") setWrong({ parent: w.units.wrong.parent });
    else if (failure.code === "CONFLICT") {
      setRefused("save");
      setState("conflict");
    } else if (failure.code === "WRONG_STATE") setWrong({ name: w.units.tooMany });
    else setFailed(met(thrown));
  };
  const reload = async () => {
    const newest = await api.units();
    onUnits(newest);
    return newest;
  };
  const submit = (on: Unit | null) => {
    if (letters(draft.name) === 0 || letters(draft.name) > 120 || /[>›]/.test(draft.name)) {
      setWrong({ name: w.units.wrong.name });
      return;
    }
    if (on && !dirty) return onClose();
    setState("working");
    setFailed(null);
    const change = { name: draft.name.trim(), parentId: draft.parentId };
    (on ? api.updateUnit(on, change) : api.createUnit(change.name, change.parentId)).then(reload).then(onClose, refuse);
  };
  const newest = (then: (found: Unit) => void) => {
    setState("working");
    setFailed(null);
    reload().then((all) => {
      const found = all.find((one) => one.id === unit?.id);
      setState("");
      if (!found) {
        // Somebody else has deleted it; what was typed is for the person to give up.
        if (!dirty) return onClose();
        return setFailed(metNow({ code: "NOT_FOUND", field: "", message: "", retryAfterMs: 0 }));
      }
      setBase(found);
      then(found);
    }, refuse);
  };

  if (state === "deleting" && base) {
    return (
      <SureDialog
        title={w.units.deleteTitle(base.name)}
        text={w.units.deleteText}
        action={w.remove}
        working={w.units.deleting}
        danger
        sentence={(thrown) => (failureOf(thrown).code === "WRONG_STATE" ? w.units.notEmpty : "")}
        act={async () => {
          try {
            await api.deleteUnit(base);
          } catch (thrown) {
            if (failureOf(thrown).code !== "CONFLICT") throw thrown;
            // What it is now is looked at first.
            setRefused("delete");
            return setState("conflict");
          }
          await reload();
          onClose();
        }}
        onClose={() => setState("")}
      />
    );
  }
  return (
    <FormDialog
      title={unit ? w.units.editTitle : w.units.newTitle}
      action={w.save}
      dirty={dirty}
      working={state === "working"}
      wrong={wrong}
      failed={failed}
      onSubmit={() => submit(base)}
      onClose={onClose}
      more={(unlessTyped) =>
        base && (
          <div class="row dialog-more">
            <button type="button" class="button" onClick={() => unlessTyped(() => onBelow(base))}>
              {w.units.addBelow}
            </button>
            <button type="button" class="button plain danger-text" onClick={() => setState("deleting")}>
              {w.remove}
            </button>
          </div>
        )
      }
    >
      <TextField
        label={w.units.name}
        hint={w.units.nameHint}
        autocomplete="off"
        value={draft.name}
        wrong={wrong.name}
        onText={(name) => change({ name })}
      />
      <SelectField
        label={w.units.parent}
        value={draft.parentId}
        options={[["", w.units.top], ...unitOptions(units, unit ? below(units, unit.id) : undefined)]}
        wrong={wrong.parent}
        onValue={(value) => change({ parentId: value })}
      />
      {state === "conflict" && (
        <ConflictNotice
          onNewest={() => newest((found) => setDraft({ name: found.name, parentId: found.parentId }))}
          onMine={() => newest(refused === "delete" ? () => setState("deleting") : submit)}
        />
      )}
    </FormDialog>
  );
}
