"use client";

import { LogOutIcon, UserIcon } from "lucide-react";
import { Button } from "@/components/ui/button";
import {
  Menu,
  MenuContent,
  MenuItem,
  MenuLabel,
  MenuRadioGroup,
  MenuRadioItem,
  MenuSeparator,
  MenuTrigger,
} from "@/components/ui/menu";
import { signOut, useAuth } from "@/lib/auth/session";
import { setTheme, useTheme, type Theme } from "@/lib/hooks/useTheme";

export function UserMenu() {
  const auth = useAuth();
  const { chosen } = useTheme();
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label="Account and display">
          <UserIcon aria-hidden />
        </Button>
      </MenuTrigger>
      <MenuContent>
        <MenuLabel>{auth.status === "signed_in" ? auth.email : ""}</MenuLabel>
        <MenuSeparator />
        <MenuLabel>Theme</MenuLabel>
        <MenuRadioGroup value={chosen} onValueChange={(theme) => setTheme(theme as Theme)}>
          <MenuRadioItem value="dark">Dark</MenuRadioItem>
          <MenuRadioItem value="light">Light</MenuRadioItem>
          <MenuRadioItem value="system">As the system</MenuRadioItem>
        </MenuRadioGroup>
        <MenuSeparator />
        <MenuItem onSelect={() => void signOut()}>
          <LogOutIcon aria-hidden /> Sign out
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
