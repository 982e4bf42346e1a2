// An account as it is now. It cannot be asked for by its id, so it is searched for by its user name, which never changes.
import type { AdminApi, ManagedAccount } from "../../client/admin-api";

/** Many user names and names may contain that of the account; more than some thousands a tenant does not have. */
export const MOST_PAGES = 200;

/** null: it is not there any more. */
export async function findAccount(api: AdminApi, account: ManagedAccount): Promise<ManagedAccount | null> {
  let page = "";
  for (let looked = 0; looked < MOST_PAGES; looked++) {
    const { accounts, nextPage } = await api.accounts(account.user, page);
    const found = accounts.find((one) => one.id === account.id);
    if (found) return found;
    if (!nextPage) break;
    page = nextPage;
  }
  return null;
}
