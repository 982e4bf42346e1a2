// A part of the tenant's settings while somebody edits it: what is wrong, what is saved, and what to do when somebody else was first.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { AdminApi, Tenant, TenantChange } from "../../client/admin-api";
import { Unsaved } from "../account/unsaved";
import { FailureNotice, failureOf, type MetFailure, met } from "../parts/failure-notice";
import { ConflictNotice } from "./conflict-notice";
import { adminWords } from "./words";

export type Wrong = Readonly<Record<string, string | undefined>>;

export interface PartProps {
  readonly api: AdminApi;
  readonly tenant: Tenant;
  readonly onTenant: (tenant: Tenant) => void;
}

export interface PartOptions<T> extends PartProps {
  readonly read: (tenant: Tenant) => T;
  readonly write: (draft: T, tenant: Tenant) => TenantChange;
  /** A sentence for each field that is wrong. */
  readonly check: (draft: T) => Wrong;
  /** For a field that the server refuses, by its path: our key of it and the sentence. */
  readonly refused: (field: string, draft: T) => readonly [string, string] | null;
  /** The fields mean something together only: what is typed while they are saved stays with all the others. */
  readonly oneThing?: boolean;
}

export interface TenantPart<T> {
  readonly draft: T;
  readonly base: Tenant;
  readonly change: (change: Partial<T>) => void;
  readonly dirty: boolean;
  readonly wrong: Wrong;
  readonly state: "idle" | "saving" | "saved" | "conflict";
  readonly failed: MetFailure | null;
  /** With what is still to be taken into the draft. */
  readonly save: (more?: Partial<T>) => void;
  readonly takeNewest: () => void;
  readonly saveMine: (more?: Partial<T>) => void;
  /** Says what is wrong; whether nothing is. */
  readonly ready: () => boolean;
  /** Takes over what was saved past this form; what is typed in it stays. */
  readonly adopt: (newest: Tenant) => void;
}

export function useTenantPart<T extends object>(options: PartOptions<T>): TenantPart<T> {
  const { api, tenant, onTenant, read, write, check, refused, oneThing = false } = options;
  const [base, setBase] = useState(tenant);
  const [draft, setDraft] = useState(() => read(tenant));
  const [wrong, setWrong] = useState<Wrong>({});
  const [state, setState] = useState<TenantPart<T>["state"]>("idle");
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const dirty = JSON.stringify(draft) !== JSON.stringify(read(base));

  /** What was typed since `sent` stays. */
  const settle = (newest: Tenant, sent?: T) => {
    const found = read(newest);
    setBase(newest);
    setDraft((typed) => {
      const more = sent ? since(sent, typed) : {};
      return oneThing && Object.keys(more).length > 0 ? typed : { ...found, ...more };
    });
    onTenant(newest);
  };
  const refuse = (sent: T) => (thrown: unknown) => {
    const failure = failureOf(thrown);
    const at = failure.code === "INVALID_FIELD" ? refused(failure.field, sent) : null;
    if (at) setWrong({ [at[0]]: at[1] });
    else if (failure.code !== "CONFLICT") setFailed(met(thrown));
    setState(failure.code === "CONFLICT" ? "conflict" : "idle");
  };
  const send = (on: Tenant, sent: T) => {
    setState("saving");
    setFailed(null);
    api.updateTenant(on.revision, write(sent, on)).then((newest) => {
      settle(newest, sent);
      setState("saved");
    }, refuse(sent));
  };
  /** The whole draft when nothing is wrong with it. */
  const complete = (more: Partial<T>): T | null => {
    const whole = { ...draft, ...more };
    setDraft(whole);
    const found = check(whole);
    setWrong(found);
    return Object.values(found).every((sentence) => !sentence) ? whole : null;
  };
  const newestThen = (then: (newest: Tenant) => void) => {
    setState("saving");
    setFailed(null);
    api.tenant().then(then, (thrown: unknown) => {
      setFailed(met(thrown));
      setState("conflict");
    });
  };
  return {
    draft,
    base,
    dirty,
    wrong,
    state,
    failed,
    change: (part) => {
      setDraft({ ...draft, ...part });
      setWrong({});
      if (state === "saved") setState("idle");
    },
    save: (more = {}) => {
      if (state === "saving") return;
      const whole = complete(more);
      if (whole) send(base, whole);
    },
    takeNewest: () =>
      newestThen((newest) => {
        settle(newest);
        setWrong({});
        setState("idle");
      }),
    ready: () => complete({}) !== null,
    adopt: (newest) => settle(newest, read(base)),
    saveMine: (more = {}) => {
      const whole = complete(more);
      if (!whole) return;
      newestThen((newest) => {
        setBase(newest);
        send(newest, whole);
      });
    },
  };
}

/** The fields that are not any more as they were then. */
function since<T extends object>(then: T, now: T): Partial<T> {
  const was = new Map<string, unknown>(Object.entries(then));
  const changed = Object.entries(now).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(was.get(field)),
  );
  return Object.fromEntries(changed) as Partial<T>;
}

export interface PartFormProps<T> {
  readonly of: TenantPart<T>;
  /** Asked before it is saved; it calls `save`. */
  readonly onSave?: () => void;
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function PartForm<T>({ of, onSave, class: className, children }: PartFormProps<T>) {
  const w = adminWords.value;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [of.wrong]);
  return (
    <form
      ref={form}
      class={`stack admin-form ${className ?? ""}`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (onSave) onSave();
        else of.save();
      }}
    >
      {children}
      {of.failed && <FailureNotice of={of.failed} />}
      {of.state === "conflict" && <ConflictNotice onNewest={of.takeNewest} onMine={() => of.saveMine()} />}
      <div class="save-bar">
        <button type="submit" class="button main" aria-disabled={of.state === "saving" ? "true" : undefined}>
          {of.state === "saving" ? w.saving : w.save}
        </button>
        <p role="status">{of.dirty ? w.unsaved : of.state === "saved" ? w.saved : ""}</p>
      </div>
      <Unsaved dirty={of.dirty} />
    </form>
  );
}
