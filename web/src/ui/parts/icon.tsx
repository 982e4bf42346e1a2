// Icons are drawn here, on a grid of 24, as strokes: a word always stands beside or behind them.
export function Icon({ of, small = false }: { readonly of: string; readonly small?: boolean }) {
  return (
    <svg class={small ? "icon small" : "icon"} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={of} />
    </svg>
  );
}

export const EYE =
  "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6Z";
export const EYE_OFF = `${EYE}M4 3.5l16 17`;
export const WARNING = "M12 4 2.8 19.5h18.4ZM12 10v4.5M12 17v.2";
export const INFO = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 11v5.5M12 7.5v.2";
export const TICK = "M5 12.5 10 17.5 19.5 7";
export const LANGUAGE =
  "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM3 12h18M12 3c-2.6 2.6-3.8 5.6-3.8 9s1.2 6.4 3.8 9c2.6-2.6 3.8-5.6 3.8-9S14.6 5.6 12 3Z";
export const SUN =
  "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4";
export const MOON = "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z";
export const HALF = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 3v18M12 8h6.5M12 12h8.6M12 16h6.5";
export const CROSS = "M6 6l12 12M18 6 6 18";
export const MENU = "M4 6.5h16M4 12h16M4 17.5h16";
export const CHEVRON = "M9 5.5 15.5 12 9 18.5";
