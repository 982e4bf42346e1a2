// How fakes of an API fail when a test or scene wants them to.
import type { FailureError } from "../src/client/contract";

export interface Refusing<Method extends string> {
  /** What the next call of each method is refused with. */
  readonly refusals: Partial<Record<Method, FailureError>>;
  /** Calls of these never come to an end. */
  readonly hanging?: ReadonlySet<Method>;
}

/** Throws the refusal of that method, once. */
export function refuse<Method extends string>(of: Refusing<Method>, method: Method): void {
  const refusal = of.refusals[method];
  if (!refusal) return;
  delete of.refusals[method];
  throw refusal;
}

/** The same, and never returns where the method hangs. */
export async function refuseOrHang<Method extends string>(of: Refusing<Method>, method: Method): Promise<void> {
  if (of.hanging?.has(method)) await new Promise(() => undefined);
  refuse(of, method);
}
