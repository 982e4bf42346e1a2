// What this account can do: for those who have just signed in, and for those who came to a page that is not for them.
import type { Account } from "../../client/host-contract";
import { words } from "../i18n/language";
import { Notice } from "../parts/notice";
import { PageLink } from "../parts/page-link";
import { ACCOUNT_PAGES, maySee } from "./pages";

export interface StartPageProps {
  readonly account: Account;
  /** The name of the page that the account may not see, or "". */
  readonly refused: string;
}

export function StartPage({ account, refused }: StartPageProps) {
  const w = words.value;
  return (
    <div class="start stack">
      <h1>{w.account.hello(account.name)}</h1>
      {refused && (
        <Notice kind="warning">
          <p>{w.account.refused(refused)}</p>
        </Notice>
      )}
      <p>{w.account.canDo}</p>
      <ul class="stack">
        {ACCOUNT_PAGES.filter((page) => maySee(account.role, page)).map((page) => (
          <li key={page.key} class="card">
            <h2>
              <PageLink to={page.path}>{w.account.pages[page.key]}</PageLink>
            </h2>
            <p>{w.account.pageTexts[page.key]}</p>
          </li>
        ))}
        <li class="card">
          <h2>
            <PageLink to="/">{w.join.title}</PageLink>
          </h2>
          <p>{w.account.joinText}</p>
        </li>
      </ul>
    </div>
  );
}
