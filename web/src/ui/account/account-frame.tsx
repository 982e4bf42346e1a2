// The frame of every page of an account: where one is, where one may go, who one is, and the way out.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Account } from "../../client/host-contract";
import { words } from "../i18n/language";
import { Icon, MENU } from "../parts/icon";
import { MAIN, PageFrame } from "../parts/page-frame";
import { PageLink } from "../parts/page-link";
import { ACCOUNT_PAGES, type AccountPage, maySee, SIGN_IN_PATH } from "./pages";

export interface AccountFrameProps {
  readonly account: Account;
  readonly page: AccountPage | null;
  readonly title: string;
  readonly onSignOut: () => void;
  readonly children: ComponentChildren;
}

export function AccountFrame({ account, page, title, onSignOut, children }: AccountFrameProps) {
  const w = words.value;
  const menu = useId();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const before = useRef(page);
  useEffect(() => {
    if (before.current === page) return;
    before.current = page;
    // As after loading a page: a screen reader begins with it, and the next press of Tab is in it.
    document.getElementById(MAIN)?.focus();
    scrollTo(0, 0);
  }, [page]);
  useEffect(() => {
    if (!open) return;
    const close = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      button.current?.focus();
    };
    addEventListener("keydown", close);
    return () => removeEventListener("keydown", close);
  }, [open]);
  const pages = ACCOUNT_PAGES.filter((one) => maySee(account.role, one));
  return (
    <PageFrame
      title={title}
      bar={
        <div class="account-bar">
          <a class="skip" href={`#${MAIN}`}>
            {w.account.skip}
          </a>
          <div class="account-here">
            <button
              ref={button}
              type="button"
              class="button menu-button"
              aria-expanded={open}
              aria-controls={menu}
              onClick={() => setOpen(!open)}
            >
              <Icon of={MENU} />
              {w.account.menu}
            </button>
            <span class="here" aria-hidden="true">
              {page ? w.account.pages[page.key] : w.account.start}
            </span>
          </div>
          <div id={menu} class={open ? "account-menu open" : "account-menu"}>
            <nav aria-label={w.account.navigation}>
              <ul>
                {pages.map((one) => (
                  <li key={one.key}>
                    <PageLink to={one.path} current={one === page} onFollow={() => setOpen(false)}>
                      {w.account.pages[one.key]}
                    </PageLink>
                  </li>
                ))}
                {pages.length === 0 && (
                  <li>
                    <PageLink to={SIGN_IN_PATH} current={page === null} onFollow={() => setOpen(false)}>
                      {w.account.start}
                    </PageLink>
                  </li>
                )}
              </ul>
            </nav>
            <div class="account-who">
              <p>
                <strong>{account.name}</strong> <span class="quiet">{account.tenantName}</span>
              </p>
              <button type="button" class="link-button" onClick={onSignOut}>
                {w.account.signOut}
              </button>
            </div>
          </div>
        </div>
      }
    >
      {children}
    </PageFrame>
  );
}
