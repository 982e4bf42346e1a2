import type { Services } from "../services";

/** The access token of who is signed in on this device, or "": whoever has the password of the meeting needs none. */
export async function ownToken(services: Services): Promise<string> {
  try {
    return await (await services.loadAccount()).accessToken();
  } catch {
    // Signed out meanwhile, or no network: joining itself says what is wrong.
    return "";
  }
}
