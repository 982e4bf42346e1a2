// What the pages need from the client, given from outside: main.tsx gives the real thing, fetched when it is needed.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { AdminApi } from "../client/admin-api";
import type { Failure, JoinForm, OpenSession } from "../client/contract";
import type { AccountSession, HostApi } from "../client/host-contract";
import type { OfficeApi } from "../client/office-api";
import type { OwnDataApi } from "../client/own-data-api";
import type { ReportsApi } from "../client/reports-api";

export interface Services {
  readonly loadOpenSession: () => Promise<OpenSession>;
  /** The same one each time. */
  readonly loadAccount: () => Promise<AccountSession>;
  readonly loadAdminApi: () => Promise<AdminApi>;
  readonly loadHostApi: () => Promise<HostApi>;
  readonly loadOwnDataApi: () => Promise<OwnDataApi>;
  readonly loadOfficeApi: () => Promise<OfficeApi>;
  readonly loadReportsApi: () => Promise<ReportsApi>;
  /** Whether a meeting lets somebody in by now: null, or why not. */
  readonly loadWhetherOpen: () => Promise<(form: JoinForm, signal: AbortSignal) => Promise<Failure | null>>;
  /** The file for calendars of a meeting that one is invited to. */
  readonly loadCalendar: () => Promise<(form: JoinForm, language: "id" | "en") => Promise<Blob>>;
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  // The application is always mounted with its services around it.
  if (!services) throw new Error("no services around this component");
  return services;
}
