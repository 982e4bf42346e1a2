// Which page is shown: the room while there is one, otherwise the page that the address names.
import { useEffect } from "preact/hooks";
import { JoinPage } from "./join/join-page";
import { Lazy } from "./parts/lazy";
import { followBackButton, loadRoomPage, room } from "./room";
import { followAddress, route } from "./route";
import { type Services, ServicesContext } from "./services";
import { applyTheme } from "./theme";
import { UnknownPage } from "./unknown-page";

const loadSignedIn = async () => (await import("./account/signed-in")).SignedIn;

export function App({ services }: { readonly services: Services }) {
  useEffect(() => {
    const stops = [followAddress(), followBackButton(), applyTheme()];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
  return (
    <ServicesContext.Provider value={services}>
      <Page />
    </ServicesContext.Provider>
  );
}

function Page() {
  const current = room.value;
  if (current) return <Lazy load={loadRoomPage} props={{ room: current }} />;
  const shown = route.value;
  switch (shown.page) {
    case "account":
      return <Lazy load={loadSignedIn} props={{ page: shown.of, rest: shown.rest }} />;
    case "unknown":
      return <UnknownPage />;
    default:
      return <JoinPage />;
  }
}
