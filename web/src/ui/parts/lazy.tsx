// A part of the page that is fetched when it is needed: words while it comes, a way on when it does not.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { words } from "../i18n/language";
import { useLasting } from "./time";

export interface LazyProps<P> {
  readonly load: () => Promise<ComponentType<P>>;
  readonly props: P;
  /** Inside of a page that is there already. */
  readonly inPage?: boolean;
}

export function Lazy<P extends object>({ load, props, inPage = false }: LazyProps<P>) {
  const w = words.value;
  const [state, setState] = useState<{ Part?: ComponentType<P>; failed?: boolean }>({});
  const [attempt, setAttempt] = useState(0);
  const slow = useLasting(!state.Part && !state.failed, 300);
  useEffect(() => {
    let wanted = true;
    setState({});
    load().then(
      (Part) => wanted && setState({ Part }),
      () => wanted && setState({ failed: true }),
    );
    return () => {
      wanted = false;
    };
  }, [load, attempt]);
  if (state.Part) return <state.Part {...props} />;
  const told = state.failed ? (
    <div class="stack" role="alert">
      <p>{w.app.loadFailed}</p>
      <button type="button" class="button main" onClick={() => setAttempt(attempt + 1)}>
        {w.app.tryAgain}
      </button>
    </div>
  ) : (
    <p role="status" class={slow ? "waiting" : "unseen"}>
      {w.app.loading}
    </p>
  );
  if (inPage) return told;
  return (
    <div class="page">
      <span />
      <main class="page-main centred">{told}</main>
      <span />
    </div>
  );
}
