// An account: made, changed, given a new password, disabled.
import { useRef, useState } from "preact/hooks";
import type { AccountFields, AdminApi, ManagedAccount, Unit } from "../../client/admin-api";
import type { Account } from "../../client/host-contract";
import { failureOf, type MetFailure, met, metNow } from "../parts/failure-notice";
import { TextField } from "../parts/field";
import { SelectField } from "../parts/select-field";
import { ConflictNotice } from "./conflict-notice";
import { findAccount } from "./find-account";
import { FormDialog } from "./form-dialog";
import { letters, nipIsWrong } from "./lengths";
import { SureDialog } from "./sure-dialog";
import type { Wrong } from "./tenant-part";
import { unitOptions } from "./unit-tree";
import { adminWords } from "./words";

const GIVEN_ROLES = ["participant", "host", "head-of-unit", "tenant-admin"] as const;
const NEW: AccountFields = { name: "", nip: "", role: "participant", unitId: "" };

export interface AccountDialogProps {
  readonly api: AdminApi;
  readonly units: readonly Unit[];
  /** null: a new one. */
  readonly account: ManagedAccount | null;
  /** Whether it is that of whoever looks at this. */
  readonly own: boolean;
  readonly onChanged: (account: ManagedAccount) => void;
  readonly onPassword: (user: string, password: string) => void;
  /** The list is not the newest any more. */
  readonly onStale: () => void;
  readonly onClose: () => void;
}

const fieldsOf = ({ name, nip, role, unitId }: AccountFields): AccountFields => ({ name, nip, role, unitId });
const same = (one: AccountFields, other: AccountFields) =>
  JSON.stringify(fieldsOf(one)) === JSON.stringify(fieldsOf(other));

export function AccountDialog(props: AccountDialogProps) {
  const { api, units, account, own, onChanged, onPassword, onStale, onClose } = props;
  const w = adminWords.value;
  const a = w.accounts;
  const [base, setBase] = useState(account);
  const [user, setUser] = useState("");
  const [draft, setDraft] = useState<AccountFields>(() => fieldsOf(account ?? NEW));
  /** The draft for an answer that comes later: somebody may have gone on typing. */
  const typed = useRef(draft);
  const [wrong, setWrong] = useState<Wrong>({});
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [state, setState] = useState<"" | "working" | "conflict" | "disabling" | "resetting">("");
  /** What "mine" repeats after a conflict. */
  const [refused, setRefused] = useState<"save" | "enable">("save");
  const dirty = user !== "" || !same(draft, base ?? NEW);
  const put = (fields: AccountFields) => {
    typed.current = fieldsOf(fields);
    setDraft(typed.current);
  };
  const change = (part: Partial<AccountFields>) => {
    put({ ...draft, ...part });
    setWrong({});
  };

  const refuse = (act: typeof refused) => (thrown: unknown) => {
    const failure = failureOf(thrown);
    const field = failure.field.replace(/^account\./, "");
    const taken = failure.code === "CONFLICT";
    // Without permission the role is at fault only where one was to be given, and only where its field is seen.
    const gives = !own && act === "save" && draft.role !== base?.role;
    setState("");
    if (field === "user") setWrong({ user: taken ? a.wrong.userTaken : a.wrong.user });
    else if (field === "nip") setWrong({ nip: taken ? a.wrong.nipTaken : a.wrong.nip });
    else if (field === "name") setWrong({ name: a.wrong.name });
    else if (field === "unit_id") setWrong({ unit: a.wrong.unit });
    else if (gives && (field === "role" || failure.code === "PERMISSION_DENIED")) setWrong({ role: a.wrong.role });
    else if (taken) {
      setRefused(act);
      setState("conflict");
    } else setFailed(met(thrown));
  };
  const check = (): Wrong => ({
    ...(account || /^[a-z0-9][a-z0-9._-]{0,63}$/.test(user) ? {} : { user: a.wrong.user }),
    ...(letters(draft.name) > 0 && letters(draft.name) <= 64 ? {} : { name: a.wrong.name }),
    ...(nipIsWrong(draft.nip) ? { nip: a.wrong.nip } : {}),
  });
  const submit = (on: ManagedAccount | null) => {
    const found = check();
    setWrong(found);
    setFailed(null);
    if (Object.keys(found).length > 0) return;
    if (on && same(draft, on)) return onClose();
    setState("working");
    const fields = { ...draft, name: draft.name.trim() };
    if (on) {
      api.updateAccount(on, fields).then((changed) => {
        onChanged(changed);
        onClose();
      }, refuse("save"));
    } else api.createAccount(user, fields).then((made) => onPassword(made.account.user, made.password), refuse("save"));
  };
  const newest = (on: ManagedAccount, then: (found: ManagedAccount) => void) => {
    setState("working");
    setFailed(null);
    findAccount(api, on).then(
      (found) => {
        onStale();
        setState("");
        // Closing would look as if it had been saved, and drop what was typed.
        if (!found) return setFailed(metNow({ code: "NOT_FOUND", field: "", message: "", retryAfterMs: 0 }));
        if (same(typed.current, on)) put(found);
        setBase(found);
        then(found);
      },
      (thrown: unknown) => {
        setFailed(met(thrown));
        setState("conflict");
      },
    );
  };
  const enable = (on: ManagedAccount) => {
    const done = (changed: ManagedAccount) => {
      onChanged(changed);
      if (same(typed.current, changed)) return onClose();
      setBase(changed);
      setState("");
    };
    setFailed(null);
    // Somebody else was first with the very same.
    if (!on.disabled) return done(on);
    setState("working");
    api.enableAccount(on).then(done, refuse("enable"));
  };

  if (state === "disabling" && base) {
    return (
      <SureDialog
        title={a.disableTitle(base.name)}
        text={a.disableText}
        action={a.disable}
        working={a.working}
        danger
        act={async () => {
          onChanged(await api.disableAccount(base));
          onClose();
        }}
        onClose={() => setState("")}
      />
    );
  }
  if (state === "resetting" && base) {
    return (
      <SureDialog
        title={a.resetTitle(base.name)}
        text={a.resetText}
        action={a.reset}
        working={a.working}
        act={async () => onPassword(base.user, await api.resetPassword(base))}
        onClose={() => setState("")}
      />
    );
  }
  const roles: readonly Account["role"][] =
    account?.role === "province-operator" ? [...GIVEN_ROLES, "province-operator"] : GIVEN_ROLES;
  return (
    <FormDialog
      title={account ? a.editTitle : a.newTitle}
      action={account ? w.save : a.create}
      dirty={dirty}
      working={state === "working"}
      wrong={wrong}
      failed={failed}
      onSubmit={() => submit(base)}
      onClose={onClose}
      more={(unlessTyped) => {
        if (!base) return null;
        const instead = (act: () => void) =>
          unlessTyped(() => {
            put(base);
            setWrong({});
            act();
          });
        return (
          <div class="row dialog-more">
            <button type="button" class="button" onClick={() => instead(() => setState("resetting"))}>
              {a.reset}
            </button>
            {base.disabled ? (
              <button type="button" class="button" onClick={() => instead(() => enable(base))}>
                {a.enable}
              </button>
            ) : (
              !own && (
                <button
                  type="button"
                  class="button plain danger-text"
                  onClick={() => instead(() => setState("disabling"))}
                >
                  {a.disable}
                </button>
              )
            )}
          </div>
        );
      }}
    >
      <TextField
        label={a.name}
        autocomplete="off"
        value={draft.name}
        wrong={wrong.name}
        onText={(name) => change({ name })}
      />
      {!account && (
        <TextField
          label={a.user}
          hint={a.userHint}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          value={user}
          wrong={wrong.user}
          onText={(text) => {
            setUser(text.trim().toLowerCase());
            setWrong({});
          }}
        />
      )}
      <TextField
        label={a.nip}
        autocomplete="off"
        inputmode="numeric"
        value={draft.nip}
        wrong={wrong.nip}
        onText={(text) => change({ nip: text.replace(/\s/g, "") })}
      />
      {own ? (
        <p class="quiet">{a.own}</p>
      ) : (
        <SelectField
          label={a.role}
          value={draft.role}
          options={roles.map((role) => [role, a.roles[role]] as const)}
          hint={a.roleTexts[draft.role]}
          wrong={wrong.role}
          onValue={(role) => change({ role: role as Account["role"] })}
        />
      )}
      <SelectField
        label={a.unit}
        value={draft.unitId}
        options={[["", a.noUnit], ...unitOptions(units)]}
        wrong={wrong.unit}
        onValue={(unitId) => change({ unitId })}
      />
      {!account && <p class="quiet">{a.passwordNote}</p>}
      {state === "conflict" && base && (
        <ConflictNotice
          onNewest={() => newest(base, put)}
          onMine={() => newest(base, refused === "enable" ? enable : submit)}
        />
      )}
    </FormDialog>
  );
}
