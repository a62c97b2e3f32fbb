"use client";

import { useState, type ComponentProps, type FormEvent, type ReactNode } from "react";

/** What a method of the auth client resolves to. */
export type Answer<Data> = {
  data: Data | null;
  error: { message?: string | undefined; statusText?: string } | null;
};

export const problemOf = (error: Answer<unknown>["error"]) =>
  error ? error.message || error.statusText || "That did not work. Try again." : "";

/** The page of this site that `?next=` names, or else the account. */
export function nextPage(): string {
  const next = new URLSearchParams(location.search).get("next") ?? "";
  return /^\/(?![/\\])/.test(next) ? next : "/auth/account";
}

type FormProps<Data> = {
  /** The text of the button. */
  label: string;
  /** Sends the fields. An error is shown, and the form stays. */
  send: (fields: Record<string, string>) => Promise<Answer<Data>>;
  /** Called after success; a text that it returns is shown. */
  done: (data: Data | null, fields: Record<string, string>) => string | void;
  children?: ReactNode;
};

export function Form<Data>({ label, send, done, children }: FormProps<Data>) {
  const [problem, setProblem] = useState("");
  const [status, setStatus] = useState("");
  const [isBusy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    setProblem("");
    setStatus("");
    const fields = Object.fromEntries(new FormData(form)) as Record<string, string>;
    const { data, error } = await send(fields).catch(unreachable);
    setBusy(false);
    setProblem(problemOf(error));
    if (error) return;
    form.reset();
    setStatus(done(data, fields) ?? "");
  }

  return (
    <form onSubmit={submit} className="grid gap-4" method="post">
      {children}
      {problem && <Problem text={problem} />}
      {status && <p role="status">{status}</p>}
      <Button disabled={isBusy}>{label}</Button>
    </form>
  );
}

export function Field({ label, ...input }: { label: string } & ComponentProps<"input">) {
  return (
    <label className="grid gap-1.5 text-sm font-medium">
      {label}
      <input required className={control} {...input} />
    </label>
  );
}

export function Choice({ label, options, ...select }: ChoiceProps) {
  return (
    <label className="grid gap-1.5 text-sm font-medium">
      {label}
      <select className={control} {...select}>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}

type ChoiceProps = { label: string; options: readonly string[] } & ComponentProps<"select">;

export function Button(button: ComponentProps<"button">) {
  return (
    <button
      className="rounded-md bg-neutral-900 px-3 py-2 font-medium text-white disabled:opacity-60 dark:bg-neutral-100 dark:text-neutral-900"
      {...button}
    />
  );
}

type ActionProps = {
  label: string;
  /** A question to confirm. */
  ask?: string;
  run: () => Promise<Answer<unknown>>;
  /** Called after success. */
  done?: () => void;
};

/** A small button that calls a method of the auth client. */
export function Action({ label, ask, run, done }: ActionProps) {
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);

  async function act() {
    if (ask && !confirm(ask)) return;
    setBusy(true);
    const { error } = await run().catch(unreachable);
    setBusy(false);
    setProblem(problemOf(error));
    if (!error) done?.();
  }

  return (
    <>
      <button
        type="button"
        onClick={act}
        disabled={isBusy}
        className="rounded-md border border-neutral-400 px-3 py-1.5 text-sm font-medium disabled:opacity-60 dark:border-neutral-600"
      >
        {label}
      </button>
      {problem && <Problem text={problem} />}
    </>
  );
}

export function Problem({ text }: { text: string }) {
  return (
    <p role="alert" className="text-sm text-red-700 dark:text-red-400">
      {text}
    </p>
  );
}

const control =
  "rounded-md border border-neutral-400 bg-transparent px-3 py-2 text-base font-normal dark:border-neutral-600";

const unreachable = () => ({ data: null, error: { message: "The server cannot be reached." } });
