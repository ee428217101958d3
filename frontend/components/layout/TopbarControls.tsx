import { ConnectionIndicator } from "./ConnectionIndicator";
import { FlattenButton } from "./FlattenButton";
import { TradingModeSwitch } from "./TradingModeSwitch";
import { UserMenu } from "./UserMenu";

export default function TopbarControls() {
  return (
    <div className="ml-auto flex items-center gap-1.5">
      <ConnectionIndicator />
      <TradingModeSwitch />
      <FlattenButton />
      <UserMenu />
    </div>
  );
}
