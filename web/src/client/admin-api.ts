// A tenant's frame over the JSON API: settings, units, accounts. Loaded with the admin page.
import { listOf, numberOf, objectOf, stringOf } from "../protocol/http-api";
import type { AuthorisedCalls, Json } from "./account-session";
import type { Account } from "./host-contract";

export interface Unit {
  readonly id: string;
  /** "": at the top. */
  readonly parentId: string;
  readonly name: string;
  readonly revision: number;
}

export interface ManagedAccount {
  readonly id: string;
  readonly user: string;
  readonly name: string;
  readonly nip: string;
  readonly role: Account["role"];
  readonly disabled: boolean;
  /** "": of no unit. */
  readonly unitId: string;
  readonly revision: number;
}

export interface OfficeDay {
  /** ISO 8601: 1 = Monday. */
  readonly weekday: number;
  /** Minutes after midnight in the tenant's zone. */
  readonly from: number;
  readonly to: number;
}

export interface Holiday {
  /** ISO 8601. */
  readonly date: string;
  readonly name: string;
}

/** Days that are not there are free. */
export interface OfficeWeek {
  readonly days: readonly OfficeDay[];
  readonly toleranceMinutes: number;
}

/** Holds from a date on, until the next change. */
export interface OfficeChange extends OfficeWeek {
  /** ISO 8601, in the tenant's zone. */
  readonly from: string;
}

/** Its own week holds before the first of the changes, which are in order. */
export interface OfficeHours extends OfficeWeek {
  readonly holidays: readonly Holiday[];
  readonly changes: readonly OfficeChange[];
}

export interface Letterhead {
  readonly titles: readonly string[];
  readonly address: string;
  /** Base64 of a PNG, or "". */
  readonly logo: string;
  readonly place: string;
  readonly signerTitle: string;
  readonly signerName: string;
  readonly signerNip: string;
}

export interface Retention {
  /** 0: the instance's default. */
  readonly days: number;
  /** Of the audit log; 0: the instance's default. */
  readonly auditDays: number;
  readonly purpose: string;
}

export interface Tenant {
  readonly slug: string;
  readonly name: string;
  readonly timeZone: string;
  readonly language: string;
  readonly revision: number;
  readonly officeHours: OfficeHours;
  readonly letterhead: Letterhead;
  readonly retention: Retention;
}

export type TenantChange = Partial<Omit<Tenant, "slug" | "revision">>;

export interface AccountFields {
  readonly name: string;
  readonly nip: string;
  readonly role: Account["role"];
  readonly unitId: string;
}

/** Every rejection is a FailureError; CONFLICT with the field "revision" means that somebody else was first. */
export interface AdminApi {
  tenant(): Promise<Tenant>;
  /** What is not in `change` stays. */
  updateTenant(revision: number, change: TenantChange): Promise<Tenant>;
  units(): Promise<readonly Unit[]>;
  createUnit(name: string, parentId: string): Promise<Unit>;
  updateUnit(unit: Unit, change: { name: string; parentId: string }): Promise<Unit>;
  deleteUnit(unit: Unit): Promise<void>;
  accounts(search: string, page: string): Promise<{ accounts: readonly ManagedAccount[]; nextPage: string }>;
  /** The password is shown this one time. */
  createAccount(user: string, fields: AccountFields): Promise<{ account: ManagedAccount; password: string }>;
  updateAccount(account: ManagedAccount, fields: AccountFields): Promise<ManagedAccount>;
  disableAccount(account: ManagedAccount): Promise<ManagedAccount>;
  enableAccount(account: ManagedAccount): Promise<ManagedAccount>;
  resetPassword(account: ManagedAccount): Promise<string>;
}

const ROLES: Readonly<Record<Account["role"], string>> = {
  participant: "PARTICIPANT",
  host: "HOST",
  "head-of-unit": "HEAD_OF_UNIT",
  "tenant-admin": "TENANT_ADMIN",
  "province-operator": "PROVINCE_OPERATOR",
};
const ROLE_NAMES = Object.keys(ROLES) as readonly Account["role"][];

class Admin implements AdminApi {
  constructor(private readonly account: AuthorisedCalls) {}

  async tenant(): Promise<Tenant> {
    return tenantOf(await this.account.call("GET", "/api/v1/tenant"));
  }

  async updateTenant(revision: number, change: TenantChange): Promise<Tenant> {
    const { name, timeZone, language, officeHours, letterhead, retention } = change;
    const body: Json = { revision };
    if (name !== undefined) body.name = name;
    if (timeZone !== undefined) body.time_zone = timeZone;
    if (language !== undefined) body.language = language;
    if (officeHours) {
      body.office_hours = {
        ...weekTo(officeHours),
        holidays: officeHours.holidays,
        changes: officeHours.changes.map((change) => ({ from_date: change.from, ...weekTo(change) })),
      };
    }
    if (letterhead) {
      body.letterhead = {
        titles: letterhead.titles,
        address: letterhead.address,
        logo_png: letterhead.logo,
        place: letterhead.place,
        signer_title: letterhead.signerTitle,
        signer_name: letterhead.signerName,
        signer_nip: letterhead.signerNip,
      };
    }
    if (retention) {
      const { days, auditDays, purpose } = retention;
      body.retention = { attendance_days: days, audit_days: auditDays, purpose };
    }
    return tenantOf(await this.account.call("PATCH", "/api/v1/tenant", body));
  }

  async units(): Promise<readonly Unit[]> {
    return listOf(await this.account.call("GET", "/api/v1/units"), "units").map(unitOf);
  }

  async createUnit(name: string, parentId: string): Promise<Unit> {
    const answer = await this.account.call("POST", "/api/v1/units", { name, parent_id: parentId });
    return unitOf(objectOf(answer, "unit"));
  }

  async updateUnit(unit: Unit, change: { name: string; parentId: string }): Promise<Unit> {
    const body: Json = { revision: unit.revision };
    if (change.name !== unit.name) body.name = change.name;
    if (change.parentId !== unit.parentId) body.parent_id = change.parentId;
    return unitOf(objectOf(await this.account.call("PATCH", `/api/v1/units/${unit.id}`, body), "unit"));
  }

  async deleteUnit(unit: Unit): Promise<void> {
    // The empty object makes it JSON, which a page of another site cannot send.
    await this.account.call("DELETE", `/api/v1/units/${unit.id}?revision=${unit.revision}`, {});
  }

  async accounts(search: string, page: string) {
    const asked = new URLSearchParams();
    if (search) asked.set("query", search);
    if (page) asked.set("page_token", page);
    const answer = await this.account.call("GET", `/api/v1/accounts?${asked}`);
    return { accounts: listOf(answer, "accounts").map(accountOf), nextPage: stringOf(answer, "next_page_token") };
  }

  async createAccount(user: string, fields: AccountFields) {
    const body = { user, name: fields.name, nip: fields.nip, role: ROLES[fields.role], unit_id: fields.unitId };
    const answer = await this.account.call("POST", "/api/v1/accounts", body);
    return { account: accountOf(objectOf(answer, "account")), password: stringOf(answer, "password") };
  }

  async updateAccount(account: ManagedAccount, fields: AccountFields): Promise<ManagedAccount> {
    const body: Json = { revision: account.revision };
    if (fields.name !== account.name) body.name = fields.name;
    if (fields.nip !== account.nip) body.nip = fields.nip;
    if (fields.role !== account.role) body.role = ROLES[fields.role];
    if (fields.unitId !== account.unitId) body.unit_id = fields.unitId;
    return this.#changed("PATCH", account, "", body);
  }

  disableAccount(account: ManagedAccount): Promise<ManagedAccount> {
    return this.#changed("POST", account, "/disable", {});
  }

  enableAccount(account: ManagedAccount): Promise<ManagedAccount> {
    return this.#changed("PATCH", account, "", { revision: account.revision, enable: true });
  }

  async resetPassword(account: ManagedAccount): Promise<string> {
    return stringOf(await this.account.call("POST", `/api/v1/accounts/${account.id}/password`, {}), "password");
  }

  async #changed(method: "POST" | "PATCH", account: ManagedAccount, tail: string, body: Json): Promise<ManagedAccount> {
    const answer = await this.account.call(method, `/api/v1/accounts/${account.id}${tail}`, body);
    return accountOf(objectOf(answer, "account"));
  }
}

/** Of a part that was never set there is nothing. */
function partOf(from: Json, field: string): Json {
  return (from[field] ?? {}) as Json;
}

function textOf(from: Json, field: string): string {
  const text = from[field];
  return typeof text === "string" ? text : "";
}

function weekTo(week: OfficeWeek): Json {
  return {
    days: week.days.map((day) => ({ weekday: day.weekday, from_minute: day.from, to_minute: day.to })),
    tolerance_minutes: week.toleranceMinutes,
  };
}

function weekOf(from: Json): OfficeWeek {
  return {
    days: ((from.days ?? []) as readonly Json[]).map((day) => ({
      weekday: numberOf(day, "weekday"),
      from: numberOf(day, "from_minute"),
      to: numberOf(day, "to_minute"),
    })),
    toleranceMinutes: numberOf(from, "tolerance_minutes"),
  };
}

function tenantOf(answer: Json): Tenant {
  const tenant = objectOf(answer, "tenant");
  const hours = partOf(tenant, "office_hours");
  const head = partOf(tenant, "letterhead");
  const retention = partOf(tenant, "retention");
  return {
    slug: stringOf(tenant, "slug"),
    name: stringOf(tenant, "name"),
    timeZone: stringOf(tenant, "time_zone"),
    language: stringOf(tenant, "language"),
    revision: numberOf(tenant, "revision"),
    officeHours: {
      ...weekOf(hours),
      holidays: ((hours.holidays ?? []) as readonly Json[]).map((day) => ({
        date: stringOf(day, "date"),
        name: stringOf(day, "name"),
      })),
      changes: ((hours.changes ?? []) as readonly Json[]).map((change) => ({
        from: stringOf(change, "from_date"),
        ...weekOf(change),
      })),
    },
    letterhead: {
      titles: (head.titles ?? []) as readonly string[],
      address: textOf(head, "address"),
      logo: textOf(head, "logo_png"),
      place: textOf(head, "place"),
      signerTitle: textOf(head, "signer_title"),
      signerName: textOf(head, "signer_name"),
      signerNip: textOf(head, "signer_nip"),
    },
    retention: {
      days: numberOf(retention, "attendance_days"),
      auditDays: numberOf(retention, "audit_days"),
      purpose: textOf(retention, "purpose"),
    },
  };
}

function unitOf(unit: Json): Unit {
  return {
    id: stringOf(unit, "unit_id"),
    parentId: textOf(unit, "parent_id"),
    name: stringOf(unit, "name"),
    revision: numberOf(unit, "revision"),
  };
}

function accountOf(account: Json): ManagedAccount {
  return {
    id: stringOf(account, "account_id"),
    user: stringOf(account, "user"),
    name: stringOf(account, "name"),
    nip: textOf(account, "nip"),
    role: ROLE_NAMES.find((name) => ROLES[name] === account.role) ?? "participant",
    disabled: account.disabled === true,
    unitId: textOf(account, "unit_id"),
    revision: numberOf(account, "revision"),
  };
}

export function adminApi(account: AuthorisedCalls): AdminApi {
  return new Admin(account);
}
