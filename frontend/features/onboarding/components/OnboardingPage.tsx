"use client";

import { CheckIcon, PartyPopperIcon } from "lucide-react";
import Link from "next/link";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { ErrorState } from "@/components/data/states";
import { PageHeader } from "@/components/layout/PageHeader";
import { buttonVariants } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import type { Schemas } from "@/lib/api/client";
import { useOnboarding } from "@/lib/api/queries/account";
import { cn } from "@/lib/cn";
import { useFilters } from "@/lib/hooks/useFilters";
import { isDone, isStep, nextStep, STEPS, type Step } from "../steps";
import { AgentStep, type Issued } from "./AgentStep";
import { ConnectionStep } from "./ConnectionStep";
import { DisclaimerStep } from "./DisclaimerStep";
import { StrategyStep } from "./StrategyStep";

const WAIT_POLL_MS = 3_000;
const DEFAULTS = { step: "" };

const TITLES: Record<Step, { title: string; done: string }> = {
  disclaimer: { title: "Know the risk", done: "Accepted" },
  connection: { title: "Name the account", done: "A broker connection is there" },
  agent: { title: "Pair the agent", done: "An agent was heard" },
  strategy: { title: "First strategy and a test alert", done: "An alert came in" },
};

export function OnboardingPage() {
  const query = useOnboarding({ pollMs: WAIT_POLL_MS });
  return (
    <div className="mx-auto max-w-3xl">
      <PageHeader
        title="Set up"
        description="Four steps from here to an alert that trades. You may leave at any time and go on later."
        actions={
          query.data?.complete === false && (
            <Link href="/" prefetch={false} className={buttonVariants({ variant: "ghost" })}>
              Go on later
            </Link>
          )
        }
      />
      {query.data ? (
        <Steps status={query.data} />
      ) : query.error ? (
        <div className="rounded-lg border bg-surface">
          <ErrorState
            title="The set-up could not be loaded"
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        </div>
      ) : (
        <div aria-busy className="grid gap-3">
          {STEPS.map((step) => (
            <Skeleton key={step} className="h-14 rounded-lg" />
          ))}
        </div>
      )}
    </div>
  );
}

function Steps({ status }: { status: Schemas["OnboardingStatus"] }) {
  const { filters, setFilters } = useFilters(DEFAULTS);
  // Where the user stopped. It stays while a step turns done, so that its green is seen before the next one opens.
  const [resumed] = useState(() => nextStep(status));
  const open = isStep(filters.step) ? filters.step : filters.step === "none" ? null : resumed;
  const go = (step: Step | null) => setFilters({ step: step ?? "none" });
  // A key is shown once; that a step is folded meanwhile must not lose it.
  const [issued, setIssued] = useState<Issued | null>(null);
  const goOn = () => go(nextStep(status));

  const bodies: Record<Step, ReactNode> = {
    disclaimer: <DisclaimerStep isAccepted={status.disclaimer_accepted} onDone={() => go("connection")} />,
    connection: <ConnectionStep onDone={() => go("agent")} />,
    agent: <AgentStep issued={issued} onIssued={setIssued} onDone={() => go("strategy")} />,
    strategy: <StrategyStep isPaired={status.agent_paired} isDone={status.first_signal} onDone={goOn} />,
  };
  return (
    <div className="grid gap-3">
      {status.complete && (
        <div
          role="status"
          className="flex flex-wrap items-center gap-3 rounded-lg border border-profit/40 bg-profit-soft px-4 py-3"
        >
          <PartyPopperIcon className="size-5 text-profit" aria-hidden />
          <p className="text-sm">
            <strong className="font-semibold">All set.</strong> Paste the webhook into TradingView, and its
            alerts trade.
          </p>
          <span className="ml-auto flex gap-2">
            <Link href="/signals/" prefetch={false} className={buttonVariants()}>
              TV signals
            </Link>
            <Link href="/" prefetch={false} className={buttonVariants({ variant: "primary" })}>
              To the overview
            </Link>
          </span>
        </div>
      )}
      <ol className="grid gap-3" aria-label="Steps">
        {STEPS.map((step, index) => (
          <StepItem
            key={step}
            step={step}
            number={index + 1}
            isDone={isDone(step, status)}
            isOpen={open === step}
            onToggle={() => go(open === step ? null : step)}
          >
            {bodies[step]}
          </StepItem>
        ))}
      </ol>
    </div>
  );
}

interface StepItemProps {
  step: Step;
  number: number;
  isDone: boolean;
  isOpen: boolean;
  onToggle: () => void;
  children: ReactNode;
}

function StepItem({ step, number, isDone: isStepDone, isOpen, onToggle, children }: StepItemProps) {
  const { title, done } = TITLES[step];
  const head = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(isOpen);
  // The next step begins where the eye is: at its head.
  useEffect(() => {
    if (isOpen && !wasOpen.current) head.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  return (
    <li
      data-step={step}
      data-done={isStepDone}
      className={cn("min-w-0 rounded-lg border bg-surface", isOpen && "border-line-strong/60")}
    >
      <h2>
        <button
          ref={head}
          type="button"
          aria-expanded={isOpen}
          aria-controls={`step-${step}`}
          onClick={onToggle}
          className="flex min-h-14 w-full items-center gap-3 rounded-lg px-4 text-left hover:bg-hover/60"
        >
          <span
            className={cn(
              "grid size-7 shrink-0 place-items-center rounded-full border text-sm font-semibold",
              isStepDone
                ? "border-profit/40 bg-profit-soft text-profit"
                : isOpen
                  ? "border-accent bg-accent-soft text-accent"
                  : "text-muted",
            )}
          >
            {isStepDone ? <CheckIcon className="size-4" aria-hidden /> : number}
          </span>
          <span className="grid">
            <span className="font-medium">{title}</span>
            {isStepDone && <span className="text-xs text-muted">{done}</span>}
          </span>
          {isStepDone && <span className="sr-only">, done</span>}
        </button>
      </h2>
      <div id={`step-${step}`} hidden={!isOpen} className="min-w-0 border-t p-4">
        {isOpen && children}
      </div>
    </li>
  );
}
