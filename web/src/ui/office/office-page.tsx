// Office hours: what a person says of their own day, and for whoever heads a unit, the presence of its people.
import type { AccountPageProps } from "../account/pages";
import { words } from "../i18n/language";
import { Loaded, useLoading } from "../parts/loaded";
import { PageLink } from "../parts/page-link";
import { useServices } from "../services";
import { OwnView } from "./own-view";
import { UnitView } from "./unit-view";
import { officeWords } from "./words";
import "../styles/attendance.css";
import "../styles/host.css";
import "../styles/paper.css";
import "../styles/office.css";

const HEADS: readonly string[] = ["head-of-unit", "tenant-admin", "province-operator"];

export function OfficePage({ account, rest }: AccountPageProps) {
  const o = officeWords.value;
  const services = useServices();
  const loading = useLoading(() => services.loadOfficeApi(), [services]);
  const heads = HEADS.includes(account.role);
  const unit = heads && rest === "unit";
  return (
    <div class={unit ? "host wide office attendance" : "host office"}>
      <h1 class={heads ? "unseen" : ""}>{words.value.account.pages.office}</h1>
      {heads && (
        <nav class="office-views" aria-label={o.views}>
          <PageLink to="/kantor" current={!unit}>
            {o.own}
          </PageLink>
          <PageLink to="/kantor/unit" current={unit}>
            {o.unit}
          </PageLink>
        </nav>
      )}
      <Loaded of={loading} waiting={o.loading}>
        {(api) => (unit ? <UnitView api={api} /> : <OwnView api={api} account={account} />)}
      </Loaded>
    </div>
  );
}
