"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Input, NativeSelect } from "@/components/ui/input";

const OTHER = "\u0000other";

interface InstrumentPickerProps {
  value: string;
  known: readonly string[];
  onChange: (instrument: string) => void;
}

/** One of those with prices, or any that the broker knows: what is watched is what agents stream. */
export function InstrumentPicker({ value, known, onChange }: InstrumentPickerProps) {
  const [isTyping, setTyping] = useState(false);
  if (isTyping)
    return (
      <form
        className="flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          const typed = new FormData(event.currentTarget).get("instrument");
          const name = typeof typed === "string" ? typed.trim() : "";
          if (name !== "") onChange(known.find((each) => each.toUpperCase() === name.toUpperCase()) ?? name);
          setTyping(false);
        }}
      >
        <Input
          name="instrument"
          aria-label="Instrument"
          placeholder="As your broker spells it"
          className="w-44"
          autoFocus
          autoComplete="off"
          spellCheck={false}
          pattern="[A-Za-z0-9._#&+\-]{1,32}"
          title="Letters, digits and . _ # & + -"
        />
        <Button type="submit">Show</Button>
        <Button variant="ghost" onClick={() => setTyping(false)}>
          Cancel
        </Button>
      </form>
    );
  const options = known.includes(value) ? known : [value, ...known];
  return (
    <NativeSelect
      aria-label="Instrument"
      className="w-auto font-medium"
      value={value}
      onChange={(event) => {
        if (event.target.value === OTHER) setTyping(true);
        else onChange(event.target.value);
      }}
    >
      {options.map((instrument) => (
        <option key={instrument}>{instrument}</option>
      ))}
      <option value={OTHER}>Other symbol…</option>
    </NativeSelect>
  );
}
