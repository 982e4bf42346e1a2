// Around every page that needs an account: who is it, may they see it, and the sign-in where it is not known.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Account, AccountSession } from "../../client/host-contract";
import { words } from "../i18n/language";
import { FailureNotice } from "../parts/failure-notice";
import { Lazy } from "../parts/lazy";
import { useLoading } from "../parts/loaded";
import { PageFrame } from "../parts/page-frame";
import { useLasting } from "../parts/time";
import { forgetAccount } from "../remembered";
import { redirect } from "../route";
import { useServices } from "../services";
import { AccountFrame } from "./account-frame";
import { type AccountPage, homeOf, maySee } from "./pages";
import { SignIn } from "./sign-in";
import { StartPage } from "./start-page";
import "../styles/account.css";

export interface SignedInProps {
  /** null: the page to sign in on. */
  readonly page: AccountPage | null;
  readonly rest: string;
}

export function SignedIn({ page, rest }: SignedInProps) {
  const w = words.value;
  const services = useServices();
  const loading = useLoading(async () => {
    const session = await services.loadAccount();
    if (session.account.peek() === undefined) await session.restore();
    return session;
  }, [services]);
  const session = loading.value;
  const account = session?.account.value;
  const slow = useLasting(!session && !loading.failed, 1000);
  if (session && account !== undefined) return <Known session={session} account={account} page={page} rest={rest} />;
  return (
    <PageFrame title={titleOf(page)} centred>
      <h1 class="unseen">{page ? w.account.pages[page.key] : w.account.signInTitle}</h1>
      {loading.failed ? (
        <div class="join">
          <FailureNotice of={loading.failed} />
          <button type="button" class="button main" onClick={loading.again}>
            {w.app.tryAgain}
          </button>
        </div>
      ) : (
        <p role="status" class={slow ? "waiting" : "unseen"}>
          {w.account.restoring}
        </p>
      )}
    </PageFrame>
  );
}

interface KnownProps extends SignedInProps {
  readonly session: AccountSession;
  readonly account: Account | null;
}

function Known({ session, account, page, rest }: KnownProps) {
  const w = words.value;
  /** Whose page is shown, also after their session has ended: what they typed there waits until they have signed in again. */
  const [whose, setWhose] = useState<Account | null>(account);
  const arriving = useRef(account === null);
  useEffect(() => {
    if (!account) return;
    setWhose(account);
    const came = arriving.current;
    arriving.current = false;
    // Who signs in on the page of the sign-in, or on one that is not for them, begins where people of their role begin.
    const home = homeOf(account.role);
    if (home && (page === null || (came && !maySee(account.role, page)))) redirect(home.path);
  }, [account, page]);
  const shown = account ?? whose;
  const signOut = () => {
    setWhose(null);
    arriving.current = true;
    if (shown) forgetAccount(shown.id);
    void session.signOut().catch(() => undefined);
  };
  return (
    <>
      {!account && <SignIn session={session} title={titleOf(page)} again={whose !== null} />}
      {shown && (
        <div hidden={!account} key={shown.id}>
          <AccountFrame account={shown} page={page} title={titleOf(page)} onSignOut={signOut}>
            {page && maySee(shown.role, page) ? (
              <Lazy key={page.key} load={page.load} props={{ session, account: shown, rest }} inPage />
            ) : (
              <StartPage account={shown} refused={page ? w.account.pages[page.key] : ""} />
            )}
          </AccountFrame>
        </div>
      )}
    </>
  );
}

function titleOf(page: AccountPage | null): string {
  const w = words.value;
  return w.account.pageTitle(page ? w.account.pages[page.key] : w.account.signInTitle);
}
