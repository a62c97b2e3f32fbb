import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { Failure } from "../../../components/failure.tsx";
import { auth } from "../../../lib/auth.ts";
import { currentSession } from "../../../lib/session.ts";
import { EndSession, SignOut } from "./buttons.tsx";

export default async function Account({ searchParams }: PageProps<"/auth/account">) {
  const { error } = await searchParams;
  const current = await currentSession();
  if (!current) {
    const failure = typeof error === "string" ? `?${new URLSearchParams({ error })}` : "";
    redirect(`/auth/sign-in${failure}`);
  }
  const sessions = await auth.api.listSessions({ headers: await headers() });
  return (
    <>
      <h1>{current.user.name}</h1>
      <p>{current.user.email}</p>
      <Failure error={error} />
      <h2>Sessions</h2>
      <ul className="grid gap-3 text-sm">
        {sessions.map(({ token, createdAt, userAgent }) => (
          <li key={token} className="flex items-center justify-between gap-4">
            <span>
              {device(userAgent)}
              <br />
              since <time dateTime={createdAt.toISOString()}>{createdAt.toDateString()}</time>
            </span>
            {token === current.session.token ? "this one" : <EndSession token={token} />}
          </li>
        ))}
      </ul>
      <SignOut />
    </>
  );
}

/** A browser and a system out of a User-Agent header, such as "Firefox on Linux". */
function device(userAgent: string | null | undefined): string {
  const browser = /Edg|Firefox|Chrome|Safari/.exec(userAgent ?? "")?.[0];
  const system = /iPhone|iPad|Android|Windows|Mac|Linux/.exec(userAgent ?? "")?.[0];
  return [browser?.replace("Edg", "Edge") ?? "A program", system].filter(Boolean).join(" on ");
}
