"use client";

import { useState, type ComponentProps, type FormEvent, type ReactNode } from "react";

type Answer<Data> = { data: Data | null; error: { message?: string | undefined } | null };

type FormProps<Data> = {
  /** What the button says. */
  label: string;
  /** Sends the fields; an error is shown, and the form stays. */
  send: (fields: Record<string, string>) => Promise<Answer<Data>>;
  /** Called after success. */
  done: (data: Data | null) => void;
  children?: ReactNode;
};

export function Form<Data>({ label, send, done, children }: FormProps<Data>) {
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    const fields = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    const { data, error } = await send(fields);
    setBusy(false);
    if (error) setProblem(error.message ?? "That did not work. Please try again.");
    else done(data);
  }

  return (
    <form onSubmit={submit} className="grid gap-4" method="post">
      {children}
      {problem && (
        <p role="alert" className="text-sm text-red-700 dark:text-red-400">
          {problem}
        </p>
      )}
      <Button disabled={isBusy}>{label}</Button>
    </form>
  );
}

export function Field({ label, ...input }: { label: string } & ComponentProps<"input">) {
  return (
    <label className="grid gap-1.5 text-sm font-medium">
      {label}
      <input
        required
        className="rounded-md border border-neutral-400 bg-transparent px-3 py-2 text-base font-normal dark:border-neutral-600"
        {...input}
      />
    </label>
  );
}

export function Button(button: ComponentProps<"button">) {
  return (
    <button
      className="rounded-md bg-neutral-900 px-3 py-2 font-medium text-white disabled:opacity-60 dark:bg-neutral-100 dark:text-neutral-900"
      {...button}
    />
  );
}
