// A host's meetings before and after they take place, and their invitations.
import { type FakeHost, ROLL_CALL } from "./fake-host";
import { failure } from "./fake-session";
import { click, found, hosting, type Scene, some, type, wait } from "./stands";

const calledOff = (host: FakeHost) => {
  some(host);
  const rule = ROLL_CALL.recurrence && { ...ROLL_CALL.recurrence, calledOff: ["2036-03-20", "2036-04-07"] };
  host.meetings = host.meetings.map((meeting) =>
    meeting.schedule?.recurrence ? { ...meeting, schedule: { ...ROLL_CALL, recurrence: rule } } : meeting,
  );
};

/** Everybody has left, and it is not over yet. */
const lingering = (host: FakeHost) => {
  some(host);
  host.meetings = host.meetings.map((meeting) =>
    meeting.schedule?.recurrence ? { ...meeting, state: "open", begun: true } : meeting,
  );
};

export const HOST_SCENES: Readonly<Record<string, Scene>> = {
  "host-empty": hosting(),
  "host-loading": hosting(
    (host) => host.hanging.add("listMeetings"),
    () => wait(500).then(() => undefined),
  ),
  "host-list-failed": hosting((host) => {
    host.refusals.listMeetings = failure("UNAVAILABLE");
  }),
  "host-list": hosting(some),
  "host-search": hosting(some, async () => {
    await type(".host-search input", "apel pagi");
    await found(".search-result .button");
  }),
  "host-search-none": hosting(some, async () => {
    await type(".host-search input", "Musrenbang kecamatan Larompong Utara 2027");
    await found(".host-search .host-empty");
  }),
  "host-search-month": hosting(some, async () => {
    const month = (await found(".meetings-part > .field select")) as HTMLSelectElement;
    month.value = month.options[1]?.value ?? "";
    month.dispatchEvent(new Event("change", { bubbles: true }));
    await wait(60);
  }),
  "host-new": hosting(some, () => click(".host-head .button.main")),
  "host-new-wrong": hosting(some, async () => {
    await click(".host-head .button.main");
    await click(".choice input", 5);
    await click("button[type=submit]");
  }),
  "host-form-once": hosting(some, async () => {
    await click(".host-head .button.main");
    await click(".choice input", 1);
  }),
  "host-form-zone": hosting(
    (host) => host.hanging.add("listMeetings"),
    async () => {
      await click(".host-head .button.main");
      await click(".choice input", 1);
    },
  ),
  "host-form-series": hosting(some, async () => {
    await click(".host-head .button.main");
    await click(".choice input", 2);
    await click(".choice input", 4);
    await click("button[type=submit]");
  }),
  "host-form-stale": hosting(
    (host) => {
      some(host);
      host.refusals.updateMeeting = failure("CONFLICT", { field: "revision" });
    },
    async () => {
      await click(".meeting-card .button", 7);
      await click("button[type=submit]");
    },
  ),
  "host-unit": hosting(
    some,
    async () => {
      const select = (await found(".host select")) as HTMLSelectElement;
      select.value = "unit";
      select.dispatchEvent(new Event("change", { bubbles: true }));
      await wait(60);
    },
    "head-of-unit",
  ),
  "host-cancel": hosting(some, () => click(".meeting-card .end", 1)),
  "host-cancel-series": hosting(some, async () => {
    await click(".meeting-card .end", 1);
    await click("dialog .choice input", 1);
  }),
  "host-cancel-open": hosting(lingering, () => click(".meeting-card .end", 1)),
  "host-cancel-open-failed": hosting(
    (host) => {
      lingering(host);
      host.refusals.plannedDays = failure("UNAVAILABLE");
    },
    () => click(".meeting-card .end", 1),
  ),
  "host-cancel-inside": hosting(
    (host) => {
      some(host);
      host.refusals.cancelMeeting = failure("WRONG_STATE");
    },
    async () => {
      await click(".meeting-card .end", 2);
      await click("dialog .danger");
    },
  ),
  "host-removal": hosting(some, async () => {
    await click(".past-meeting .button", 4);
  }),
  "host-called-off": hosting(calledOff),
  "host-form-called-off": hosting(calledOff, () => click(".meeting-card .button", 7)),
  "host-invitation-qr": hosting(some, async () => {
    await click(".host-head .button.main");
    await type(".host-form input[type=text]", "Rapat Koordinasi Camat");
    await click(".choice input", 1);
    await type("input[type=date]", "2030-11-25");
    await type("input[type=time]", "09:00");
    await click("button[type=submit]");
    await click(".host-form button[aria-expanded]");
    await wait(300);
    await found(".qr-code");
  }),
  "host-invitation": hosting(some, async () => {
    await click(".host-head .button.main");
    await type(".host-form input[type=text]", "Rapat Koordinasi Camat");
    await click("button[type=submit]");
  }),
  "host-invitation-copied": hosting(some, async () => {
    await click(".host-head .button.main");
    await type(".host-form input[type=text]", "Rapat Koordinasi Camat");
    await click("button[type=submit]");
    await click(".host-form .button.main");
  }),
  "host-invitation-series": hosting(calledOff, () => click(".meeting-card .button", 6)),
  "host-invitation-old": hosting(some, () => click(".meeting-card .button", 1)),
  "host-new-password": hosting(some, async () => {
    await click(".meeting-card .button", 1);
    await click(".host-form .button.wide", 3);
  }),
  "host-month": hosting(some, () => click(".month-export summary")),
  "host-month-working": hosting(
    (host) => {
      some(host);
      host.hanging.add("monthFile");
      host.monthTold = [{ step: "composing", done: 120, total: 400 }];
    },
    async () => {
      await click(".month-export summary");
      await click(".month-export fieldset .button", 1);
    },
  ),
  "host-month-saved": hosting(some, async () => {
    await click(".month-export summary");
    await click(".month-export fieldset .button", 1);
  }),
  "host-month-empty": hosting(
    (host) => {
      some(host);
      host.monthMeetings = 0;
    },
    async () => {
      await click(".month-export summary");
      await click(".month-export fieldset .button");
    },
  ),
  "host-month-failed": hosting(
    (host) => {
      some(host);
      host.refusals.monthFile = failure("UNAVAILABLE");
    },
    async () => {
      await click(".month-export summary");
      await click(".month-export fieldset .button", 2);
    },
  ),
  "host-end": hosting(some, () => click(".meeting-card .end")),
};
