// Which page is shown: the room while there is one, otherwise the page that the address names.
import { useEffect } from "preact/hooks";
import { JoinPage } from "./join/join-page";
import { Lazy } from "./parts/lazy";
import { followBackButton, loadRoomPage, room } from "./room";
import { followAddress, route } from "./route";
import { type Services, ServicesContext } from "./services";
import { applyTheme } from "./theme";
import { UnknownPage } from "./unknown-page";

const loadHostPage = async () => (await import("./host/host-page")).HostPage;

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
  switch (route.value.page) {
    case "host":
      return <Lazy load={loadHostPage} props={{}} />;
    case "unknown":
      return <UnknownPage />;
    default:
      return <JoinPage />;
  }
}
