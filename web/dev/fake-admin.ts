// A tenant's frame without servers.
import type { AccountFields, AdminApi, ManagedAccount, Tenant, TenantChange, Unit } from "../src/client/admin-api";
import type { FailureError } from "../src/client/contract";
import { refuse } from "./refusing";

const unit = (id: string, name: string, parentId = ""): Unit => ({ id, name, parentId, revision: 1 });

export const UNITS: readonly Unit[] = [
  unit("u1", "Sekretariat Daerah"),
  unit("u2", "Dinas Komunikasi, Informatika, Statistik, dan Persandian"),
  unit("u3", "Bidang Informasi dan Komunikasi Publik", "u2"),
  unit("u4", "Bidang Infrastruktur Teknologi", "u2"),
  unit("u5", "Seksi Jaringan", "u4"),
  unit("u6", "Kecamatan Larompong Selatan"),
];

export function managed(id: string, name: string, more: Partial<ManagedAccount> = {}): ManagedAccount {
  const user = name.toLowerCase().replace(/[^a-z]+/g, ".");
  return { id, user, name, nip: "", role: "participant", disabled: false, unitId: "", revision: 1, ...more };
}

export const ACCOUNTS: readonly ManagedAccount[] = [
  managed("a1", "Drs. H. Andi Baso Mappatoba, M.Si", {
    user: "andi.baso",
    role: "tenant-admin",
    nip: "197804122005011003",
    unitId: "u1",
  }),
  managed("a2", "Ni Luh Ayu Kartika", { role: "head-of-unit", nip: "198503152010012001", unitId: "u3" }),
  managed("a3", "Budi Santoso, S.STP", { user: "budi", role: "host", unitId: "u5" }),
  managed("a4", "Hj. Rosmini Daeng Tayang", { disabled: true }),
];

export const TENANT: Tenant = {
  slug: "luwu",
  name: "Kabupaten Luwu",
  timeZone: "Asia/Makassar",
  language: "id",
  revision: 1,
  officeHours: {
    days: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: weekday === 5 ? 420 : 450, to: 960 })),
    toleranceMinutes: 15,
    holidays: [
      { date: "2026-08-17", name: "Hari Kemerdekaan" },
      { date: "2026-12-25", name: "Hari Raya Natal" },
      { date: "2027-01-01", name: "Tahun Baru" },
    ],
    changes: [],
  },
  letterhead: {
    titles: ["PEMERINTAH KABUPATEN LUWU", "DINAS KOMUNIKASI DAN INFORMATIKA"],
    address: "Jalan Jenderal Sudirman Nomor 1, Belopa 91994",
    logo: "",
    place: "Belopa",
    signerTitle: "Kepala Dinas Komunikasi dan Informatika",
    signerName: "Drs. H. Andi Baso Mappatoba, M.Si",
    signerNip: "197804122005011003",
  },
  retention: { days: 0, auditDays: 0, purpose: "Pembuktian kehadiran rapat dan kehadiran pada jam kerja." },
};

export class FakeAdmin implements AdminApi {
  /** What the next call of each method is refused with. */
  readonly refusals: Partial<Record<keyof AdminApi, FailureError>> = {};
  current: Tenant = TENANT;
  all: readonly Unit[] = UNITS;
  people: readonly ManagedAccount[] = ACCOUNTS;
  /** How many accounts a page has. */
  pageSize = 50;

  async tenant(): Promise<Tenant> {
    refuse(this, "tenant");
    return this.current;
  }

  async updateTenant(_revision: number, change: TenantChange): Promise<Tenant> {
    refuse(this, "updateTenant");
    this.current = { ...this.current, ...change, revision: this.current.revision + 1 };
    return this.current;
  }

  async units(): Promise<readonly Unit[]> {
    refuse(this, "units");
    return this.all;
  }

  async createUnit(name: string, parentId: string): Promise<Unit> {
    refuse(this, "createUnit");
    const made = unit(`u${this.all.length + 1}`, name, parentId);
    this.all = [...this.all, made];
    return made;
  }

  async updateUnit(changed: Unit, change: { name: string; parentId: string }): Promise<Unit> {
    refuse(this, "updateUnit");
    const next = { ...changed, ...change, revision: changed.revision + 1 };
    this.all = this.all.map((one) => (one.id === changed.id ? next : one));
    return next;
  }

  async deleteUnit(gone: Unit): Promise<void> {
    refuse(this, "deleteUnit");
    this.all = this.all.filter((one) => one.id !== gone.id);
  }

  async accounts(search: string, page: string) {
    refuse(this, "accounts");
    const found = this.people.filter((one) =>
      `${one.user} ${one.name} ${one.nip}`.toLowerCase().includes(search.toLowerCase()),
    );
    const from = Number(page || 0);
    const to = from + this.pageSize;
    return { accounts: found.slice(from, to), nextPage: to < found.length ? String(to) : "" };
  }

  async createAccount(user: string, fields: AccountFields) {
    refuse(this, "createAccount");
    const account = managed(`a${this.people.length + 1}`, fields.name, { ...fields, user });
    this.people = [...this.people, account];
    return { account, password: "padi-hijau-77-sirih" };
  }

  async updateAccount(account: ManagedAccount, fields: AccountFields): Promise<ManagedAccount> {
    refuse(this, "updateAccount");
    return this.#put({ ...account, ...fields, revision: account.revision + 1 });
  }

  async disableAccount(account: ManagedAccount): Promise<ManagedAccount> {
    refuse(this, "disableAccount");
    return this.#put({ ...account, disabled: true });
  }

  async enableAccount(account: ManagedAccount): Promise<ManagedAccount> {
    refuse(this, "enableAccount");
    return this.#put({ ...account, disabled: false });
  }

  async resetPassword(_account: ManagedAccount): Promise<string> {
    refuse(this, "resetPassword");
    return "kopi-toraja-42-pinang";
  }

  #put(account: ManagedAccount): ManagedAccount {
    this.people = this.people.map((one) => (one.id === account.id ? account : one));
    return account;
  }
}
