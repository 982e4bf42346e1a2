import { useRef, useState } from "preact/hooks";
import type { AccountSession } from "../../client/host-contract";
import { words } from "../i18n/language";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { PasswordField, TextField } from "../parts/field";
import { Notice } from "../parts/notice";
import { PageFrame } from "../parts/page-frame";
import { PageLink } from "../parts/page-link";
import { useLasting, useSecondsUntil } from "../parts/time";

export interface SignInProps {
  readonly session: AccountSession;
  /** Of the page behind it. */
  readonly title: string;
  /** They were signed in on this page, and it still has what they typed. */
  readonly again: boolean;
}

export function SignIn({ session, title, again }: SignInProps) {
  const w = words.value;
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState<{ user?: string; password?: string }>({});
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [working, setWorking] = useState(false);
  const slow = useLasting(working, 1000);
  const wait = useSecondsUntil(failed?.retryAt ?? 0);
  const userInput = useRef<HTMLInputElement>(null);
  const passwordInput = useRef<HTMLInputElement>(null);

  const submit = async () => {
    if (working || wait > 0) return;
    const found = {
      ...(user.trim() ? {} : { user: w.account.userMissing }),
      ...(password ? {} : { password: w.account.passwordMissing }),
    };
    setWrong(found);
    setFailed(null);
    if (found.user || found.password) {
      (found.user ? userInput : passwordInput).current?.focus();
      return;
    }
    setWorking(true);
    try {
      await session.signIn(user.trim(), password);
    } catch (thrown) {
      setFailed(met(thrown));
      setWorking(false);
    }
  };

  return (
    <PageFrame
      title={title}
      centred
      foot={
        <PageLink class="foot-link" to="/">
          {w.account.asGuest}
        </PageLink>
      }
    >
      <div class="join">
        <h1>{w.account.signInTitle}</h1>
        {again && (
          <Notice kind="warning">
            <p>{w.account.sessionEnded}</p>
          </Notice>
        )}
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <TextField
            label={w.account.user}
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            enterkeyhint="next"
            value={user}
            wrong={wrong.user}
            inputRef={userInput}
            onText={(text) => {
              setUser(text);
              setWrong({});
            }}
          />
          <PasswordField
            label={w.account.password}
            name="password"
            autocomplete="current-password"
            enterkeyhint="go"
            value={password}
            wrong={wrong.password}
            inputRef={passwordInput}
            onText={(text) => {
              setPassword(text);
              setWrong({});
            }}
          />
          <button type="submit" class="button main" aria-disabled={working || wait > 0 ? "true" : undefined}>
            {w.account.signIn}
          </button>
          {failed && <FailureNotice of={failed} />}
          <p class="join-status" role="status">
            {slow ? <span class="waiting">{w.account.signingIn}</span> : w.account.forgot}
          </p>
        </form>
      </div>
    </PageFrame>
  );
}
