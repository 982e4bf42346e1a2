// The tenant's time zone, which the list of meetings tells.
import type { HostApi } from "../../client/host-contract";
import { useLoading } from "../parts/loaded";

/** "" until it is known. Asks where it is needed and not known: somebody was faster than the list, or it did not come. */
export function useTenantZone(api: HostApi, known: string, needed: boolean): string {
  const asks = needed && !known;
  const asked = useLoading(
    async (signal) => (asks ? (await api.listMeetings("own", "", signal)).timeZone : ""),
    [api, asks],
  );
  return known || asked.value || "";
}
