import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";

export function NextButton({
  onClick,
  children = "Continue",
}: {
  onClick: () => void;
  children?: ReactNode;
}) {
  return (
    <Button variant="primary" className="justify-self-end" onClick={onClick}>
      {children}
    </Button>
  );
}
