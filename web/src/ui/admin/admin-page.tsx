// The settings of a tenant, in parts that each have an address of their own.

import type { AdminApi, Tenant, Unit } from "../../client/admin-api";
import type { AccountPageProps } from "../account/pages";
import { words } from "../i18n/language";
import { Loaded, useLoading } from "../parts/loaded";
import { PageLink } from "../parts/page-link";
import { useServices } from "../services";
import { AccountsSection } from "./accounts-section";
import { HolidaysSection } from "./holidays-section";
import { HoursSection } from "./hours-section";
import { LetterheadSection } from "./letterhead-section";
import { TenantSection } from "./tenant-section";
import { UnitsSection } from "./units-section";
import { adminWords } from "./words";
import "../styles/choices.css";
import "../styles/host.css";
import "../styles/admin.css";

const SECTIONS = [
  ["units", ""],
  ["accounts", "akun"],
  ["hours", "jam-kerja"],
  ["holidays", "hari-libur"],
  ["letterhead", "kop-surat"],
  ["tenant", "instansi"],
] as const;

export function AdminPage({ account, rest }: AccountPageProps) {
  const w = adminWords.value;
  const services = useServices();
  const loading = useLoading(async () => {
    const api = await services.loadAdminApi();
    const [tenant, units] = await Promise.all([api.tenant(), api.units()]);
    return { api, tenant, units };
  }, [services]);
  const section = SECTIONS.find(([, path]) => path === rest)?.[0] ?? "units";
  return (
    <div class="admin stack">
      <h1>{words.value.account.pages.admin}</h1>
      <nav class="admin-tabs" aria-label={w.sectionsLabel}>
        <ul>
          {SECTIONS.map(([key, path]) => (
            <li key={key}>
              <PageLink to={path ? `/admin/${path}` : "/admin"} current={key === section}>
                {w.sections[key]}
              </PageLink>
            </li>
          ))}
        </ul>
      </nav>
      <Loaded of={loading} waiting={w.loading}>
        {(loaded) => (
          <section class="stack" aria-labelledby="bagian" key={section}>
            <h2 id="bagian">{w.sections[section]}</h2>
            <Section
              {...loaded}
              section={section}
              self={account.id}
              onTenant={(tenant) => loading.replace({ ...loaded, tenant })}
              onUnits={(units) => loading.replace({ ...loaded, units })}
            />
          </section>
        )}
      </Loaded>
    </div>
  );
}

interface SectionProps {
  readonly section: (typeof SECTIONS)[number][0];
  readonly api: AdminApi;
  readonly tenant: Tenant;
  readonly units: readonly Unit[];
  readonly self: string;
  readonly onTenant: (tenant: Tenant) => void;
  readonly onUnits: (units: readonly Unit[]) => void;
}

function Section({ section, api, tenant, units, self, onTenant, onUnits }: SectionProps) {
  const part = { api, tenant, onTenant };
  switch (section) {
    case "units":
      return <UnitsSection api={api} units={units} onUnits={onUnits} />;
    case "accounts":
      return <AccountsSection api={api} units={units} slug={tenant.slug} self={self} />;
    case "hours":
      return <HoursSection {...part} />;
    case "holidays":
      return <HolidaysSection {...part} />;
    case "letterhead":
      return <LetterheadSection {...part} />;
    case "tenant":
      return <TenantSection {...part} />;
  }
}
