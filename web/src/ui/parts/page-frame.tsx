// The frame of every page but the meeting: brand, language and appearance above, the one thing to do in the middle.
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { chooseLanguage, language, words } from "../i18n/language";
import { navigate } from "../route";
import { nextTheme, theme } from "../theme";
import { HALF, Icon, LANGUAGE, MOON, SUN } from "./icon";

const THEME_ICONS = { system: HALF, light: SUN, dark: MOON } as const;

export function Preferences() {
  const w = words.value;
  const other = language.value === "id" ? "en" : "id";
  return (
    <div class="preferences">
      <button
        type="button"
        class="icon-button"
        lang={other}
        onClick={() => void chooseLanguage(other).catch(() => undefined)}
      >
        <Icon of={LANGUAGE} />
        <span>{w.otherLanguage}</span>
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={w.app.themeNow(w.app.themes[theme.value])}
        title={w.app.themeNow(w.app.themes[theme.value])}
        onClick={nextTheme}
      >
        <Icon of={THEME_ICONS[theme.value]} />
      </button>
    </div>
  );
}

export function Mark() {
  return (
    <svg viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <rect width="64" height="64" rx="14" fill="#0b5563" />
      <g fill="#fff">
        <circle cx="32" cy="13.5" r="5" />
        <circle cx="14.4" cy="26.3" r="5" />
        <circle cx="49.6" cy="26.3" r="5" />
        <circle cx="21.1" cy="47" r="5" />
        <circle cx="42.9" cy="47" r="5" />
      </g>
      <circle cx="32" cy="32" r="7.5" fill="none" stroke="#f0b429" stroke-width="4" />
    </svg>
  );
}

/** Where a link that leads past the navigation goes to. */
export const MAIN = "isi";

export interface PageFrameProps {
  /** Of the document, for the tab and the screen reader. */
  readonly title: string;
  readonly centred?: boolean;
  readonly foot?: ComponentChildren;
  /** What stands beside the preferences. */
  readonly head?: ComponentChildren;
  /** A row of its own below them. */
  readonly bar?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function PageFrame({ title, centred = false, foot, head, bar, children }: PageFrameProps) {
  const w = words.value;
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <div class="page">
      <header>
        <div class="page-head">
          <a
            class="brand"
            href="/"
            onClick={(event) => {
              event.preventDefault();
              navigate("/");
            }}
          >
            <Mark />
            {w.app.name}
          </a>
          <div class="row">
            {head}
            <Preferences />
          </div>
        </div>
        {bar}
      </header>
      <main id={MAIN} tabIndex={-1} class={centred ? "page-main centred" : "page-main"}>
        {children}
      </main>
      {foot ? <footer class="page-foot">{foot}</footer> : <span />}
    </div>
  );
}
