// The pages of a tenant's admin.
import { failure } from "./fake-session";
import { click, found, managing, type Scene, type, wait, withRamadan } from "./stands";

export const ADMIN_SCENES: Readonly<Record<string, Scene>> = {
  "admin-units": managing(""),
  "admin-units-none": managing("", undefined, (admin) => {
    admin.all = [];
  }),
  "admin-unit": managing("", () => click(".unit-row", 1)),
  "admin-unit-taken": managing("", async (admin) => {
    await click(".admin .button.main");
    admin.refusals.createUnit = failure("CONFLICT", { field: "name" });
    await type(".ask input", "Sekretariat Daerah");
    await click(".ask .button.main");
  }),
  "admin-unit-not-empty": managing("", async (admin) => {
    admin.refusals.deleteUnit = failure("WRONG_STATE");
    await click(".unit-row", 1);
    await click(".ask .danger-text");
    await click(".ask .button.danger");
  }),
  "admin-accounts": managing("/akun"),
  "admin-accounts-none": managing("/akun", async () => {
    await type(".admin-search input", "zulkifli");
    await wait(600);
  }),
  "admin-account-disabled": managing("/akun", () => click(".account-card .button", 3)),
  "admin-account-new": managing("/akun", () => click(".admin-search .button.main")),
  "admin-account-wrong": managing("/akun", async () => {
    await click(".admin-search .button.main");
    await type(".ask input", "Siti Aminah, S.Kom", 0);
    await type(".ask input", "Siti Aminah", 1);
    await type(".ask input", "1978", 2);
    await click(".ask .button.main");
  }),
  "admin-account-password": managing("/akun", async () => {
    await click(".admin-search .button.main");
    await type(".ask input", "Siti Aminah, S.Kom", 0);
    await type(".ask input", "siti.aminah", 1);
    await click(".ask .button.main");
  }),
  "admin-account-conflict": managing("/akun", async (admin) => {
    await click(".account-card .button", 2);
    admin.refusals.updateAccount = failure("CONFLICT", { field: "revision" });
    await type(".ask input", "Budi Santoso, S.STP, M.Si", 0);
    await click(".ask .button.main");
    await found(".ask .notice");
  }),
  "admin-hours": managing("/jam-kerja"),
  "admin-hours-dated": managing("/jam-kerja", () => click(".hours-history summary"), withRamadan),
  "admin-hours-until": managing(
    "/jam-kerja",
    async () => {
      await type(".hours-date input", "2026-11-02", 0);
      await click(".admin-form .choice input");
      await type(".hours-date input", "2026-11-06", 1);
      await type(".field.short input", "5");
    },
    withRamadan,
  ),
  "admin-hours-until-wrong": managing("/jam-kerja", async () => {
    await click(".admin-form .choice input");
    await click(".save-bar .button");
  }),
  "admin-hours-edit": managing("/jam-kerja", () => click(".hours-spans .button:not(.plain)", 1), withRamadan),
  "admin-hours-sure": managing(
    "/jam-kerja",
    async () => {
      await type(".hours-date input", "2026-11-02", 0);
      await type(".field.short input", "5");
      await click(".save-bar .button");
    },
    withRamadan,
  ),
  "admin-hours-remove": managing("/jam-kerja", () => click(".hours-spans .icon-only", 1), withRamadan),
  "admin-hours-typed": managing(
    "/jam-kerja",
    async () => {
      await type(".field.short input", "5");
      await click(".hours-spans .button:not(.plain)", 1);
    },
    withRamadan,
  ),
  "admin-hours-conflict": managing("/jam-kerja", async (admin) => {
    admin.refusals.updateTenant = failure("CONFLICT", { field: "revision" });
    await type(".field.short input", "30");
    await click(".save-bar .button");
    await found(".notice");
  }),
  "admin-hours-wrong": managing("/jam-kerja", async () => {
    await type(".office-day input[type=time]", "06:00", 1);
    await click(".save-bar .button");
  }),
  "admin-holidays": managing("/hari-libur"),
  "admin-holidays-paste": managing("/hari-libur", async () => {
    await click(".holiday-paste summary");
    await type(".holiday-paste textarea", "2027-03-20 Idulfitri 1448 Hijriah\n21 Maret Idulfitri");
    await click(".holiday-paste .button");
  }),
  "admin-letterhead": managing("/kop-surat"),
  "admin-tenant": managing("/instansi"),
  "admin-tenant-shorter": managing("/instansi", async () => {
    await type(".field.short input", "90");
    await click(".save-bar .button");
  }),
  "admin-leave": managing("/instansi", async () => {
    await type(".admin-form input", "Kabupaten Luwu Raya");
    await click(".admin-tabs a", 1);
  }),
  "admin-failed": managing("", undefined, (admin) => {
    admin.refusals.tenant = failure("UNAVAILABLE");
  }),
};
