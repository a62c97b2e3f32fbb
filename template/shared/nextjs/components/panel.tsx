"use client";

import { useCallback, useEffect, useState, type ReactNode } from "react";
import { Problem, problemOf, type Answer } from "./form.tsx";

export function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-4 rounded-lg border border-neutral-200 p-4 dark:border-neutral-800">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** The rows that `load`, a function that stays the same, resolves to. */
export function useRows<Row>(load: () => Promise<Answer<readonly Row[]>>) {
  const [rows, setRows] = useState<readonly Row[]>();
  const [problem, setProblem] = useState("");
  const reload = useCallback(async () => {
    const { data, error } = await load();
    setProblem(problemOf(error));
    if (data) setRows(data);
  }, [load]);
  useEffect(() => void reload(), [reload]);
  return { rows, problem, reload };
}

type RowsProps<Row> = {
  of: { rows: readonly Row[] | undefined; problem: string };
  /** Shown if there are no rows. */
  empty: string;
  children: (row: Row) => ReactNode;
};

export function Rows<Row extends { id: string }>({ of, empty, children }: RowsProps<Row>) {
  if (of.problem) return <Problem text={of.problem} />;
  if (!of.rows) return <p className="text-sm">Loading…</p>;
  if (of.rows.length === 0) return <p className="text-sm">{empty}</p>;
  return (
    <ul className="grid gap-3 text-sm">
      {of.rows.map((row) => (
        <li key={row.id} className="flex flex-wrap items-center justify-between gap-2">
          {children(row)}
        </li>
      ))}
    </ul>
  );
}

export function Time({ at }: { at: Date | string }) {
  const date = new Date(at);
  const text = date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  // Server and browser may have other languages and time zones.
  return (
    <time dateTime={date.toISOString()} suppressHydrationWarning>
      {text}
    </time>
  );
}

/** A text that is shown once, with a button that copies it. */
export function Secret({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <div className="grid gap-2">
      <code className="rounded-md bg-neutral-100 p-3 text-sm break-all whitespace-pre-wrap dark:bg-neutral-900">
        {text}
      </code>
      <button
        type="button"
        className="justify-self-start text-sm underline underline-offset-4"
        onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
      >
        {isCopied ? "Copied" : "Copy"}
      </button>
    </div>
  );
}
