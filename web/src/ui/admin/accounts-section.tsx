// Who can sign in: searched, page by page, each with what can be done to it.
import { useEffect, useState } from "preact/hooks";
import type { AdminApi, ManagedAccount, Unit } from "../../client/admin-api";
import { PLUS } from "../meeting-icons";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { TextField } from "../parts/field";
import { Icon } from "../parts/icon";
import { Loaded, useLoading } from "../parts/loaded";
import { AccountDialog } from "./account-dialog";
import { PasswordOnce } from "./password-once";
import { pathOf } from "./unit-tree";
import { adminWords } from "./words";

/** Typing is over when nothing was typed for that long. */
const TYPED_MS = 300;

export interface AccountsSectionProps {
  readonly api: AdminApi;
  readonly units: readonly Unit[];
  readonly slug: string;
  /** The account that looks at this. */
  readonly self: string;
}

export function AccountsSection({ api, units, slug, self }: AccountsSectionProps) {
  const w = adminWords.value;
  const [typed, setTyped] = useState("");
  const [search, setSearch] = useState("");
  const [editing, setEditing] = useState<ManagedAccount | "new" | null>(null);
  const [given, setGiven] = useState<{ readonly user: string; readonly password: string } | null>(null);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSearch(typed.trim()), TYPED_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const page = useLoading(() => api.accounts(search, ""), [api, search]);
  const more = (after: string) => {
    setFailed(null);
    api.accounts(search, after).then(
      (next) => page.value && page.replace({ ...next, accounts: [...page.value.accounts, ...next.accounts] }),
      (thrown: unknown) => setFailed(met(thrown)),
    );
  };
  const replace = (changed: ManagedAccount) => {
    if (!page.value) return;
    const accounts = page.value.accounts.map((one) => (one.id === changed.id ? changed : one));
    page.replace({ ...page.value, accounts });
  };
  return (
    <>
      <div class="admin-search">
        <TextField label={w.accounts.search} autocomplete="off" value={typed} onText={setTyped} />
        <button type="button" class="button main" onClick={() => setEditing("new")}>
          <Icon of={PLUS} />
          {w.accounts.add}
        </button>
      </div>
      <Loaded of={page}>
        {({ accounts, nextPage }) => (
          <>
            {accounts.length === 0 && <p role="status">{w.accounts.none(search)}</p>}
            <ul class="accounts" aria-label={w.accounts.list}>
              {accounts.map((account) => (
                <li key={account.id} class="card account-card">
                  <div class="account-words">
                    <h3>{account.name}</h3>
                    <p>
                      {account.user}@{slug} <span class="pill">{w.accounts.roles[account.role]}</span>
                      {account.disabled && <span class="pill disabled">{w.accounts.disabled}</span>}
                    </p>
                    <p class="quiet">
                      {account.nip || w.accounts.noNip} · {pathOf(units, account.unitId) || w.accounts.noUnit}
                    </p>
                  </div>
                  <button
                    type="button"
                    class="button"
                    aria-label={w.accounts.editNamed(account.name)}
                    onClick={() => setEditing(account)}
                  >
                    {w.accounts.edit}
                  </button>
                </li>
              ))}
            </ul>
            {failed && <FailureNotice of={failed} />}
            {nextPage && (
              <button type="button" class="button wide" onClick={() => more(nextPage)}>
                {w.accounts.more}
              </button>
            )}
          </>
        )}
      </Loaded>
      {editing && (
        <AccountDialog
          key={editing === "new" ? "new" : editing.id}
          api={api}
          units={units}
          account={editing === "new" ? null : editing}
          own={editing !== "new" && editing.id === self}
          onChanged={replace}
          onPassword={(user, password) => {
            setEditing(null);
            setGiven({ user: `${user}@${slug}`, password });
            page.again();
          }}
          onStale={page.again}
          onClose={() => setEditing(null)}
        />
      )}
      {given && <PasswordOnce {...given} onClose={() => setGiven(null)} />}
    </>
  );
}
