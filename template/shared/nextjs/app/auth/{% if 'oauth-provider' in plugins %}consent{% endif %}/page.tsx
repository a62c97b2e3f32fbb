import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { auth } from "../../../lib/auth.ts";
import { currentSession } from "../../../lib/session.ts";
import { Consent } from "./consent.tsx";

/** Another application asks for access to the user's account. */
export default async function AllowAccess({ searchParams }: PageProps<"/auth/consent">) {
  const query = await searchParams;
  const current = await currentSession();
  // With its query, the request goes on after the sign-in.
  if (!current) redirect(`/auth/sign-in?${new URLSearchParams(query as Record<string, string>)}`);
  const { client_id: id, scope, redirect_uri: target } = query;
  const client = await auth.api
    .getOAuthClientPublic({ query: { client_id: String(id) }, headers: await headers() })
    .catch(() => null);
  if (!client) return <p>No such application is known here.</p>;
  return (
    <>
      <h1>Allow access</h1>
      <p>You are signed in as {current.user.email}.</p>
      <p>
        <strong>{client.client_name ?? client.client_id}</strong> asks to use your account.
      </p>
      <dl className="grid gap-2 text-sm">
        <dt className="font-medium">It may see</dt>
        <dd>{scope}</dd>
        <dt className="font-medium">You are sent back to</dt>
        <dd className="break-all">{target}</dd>
      </dl>
      <Consent />
    </>
  );
}
