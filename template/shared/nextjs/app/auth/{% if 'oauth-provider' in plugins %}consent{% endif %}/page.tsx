import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { Failure } from "../../../components/failure.tsx";
import { auth } from "../../../lib/auth.ts";
import { currentSession } from "../../../lib/session.ts";
import { Consent } from "./consent.tsx";

/** Another application asks for access to the user's account. */
export default async function AllowAccess({ searchParams }: PageProps<"/auth/consent">) {
  const query = new URLSearchParams();
  for (const [name, values = []] of Object.entries(await searchParams)) {
    for (const value of [values].flat()) query.append(name, value);
  }
  const current = await currentSession();
  // With its query, the request goes on after the sign-in.
  if (!current) redirect(`/auth/sign-in?${query}`);
  // better-auth signs the query: without a signature, any site could link to this page.
  const client = await auth.api
    .getOAuthClientPublicPrelogin({
      body: { client_id: query.get("client_id") ?? "", oauth_query: String(query) },
      headers: await headers(),
    })
    .catch(() => null);
  if (!client) {
    return (
      <>
        <h1>Allow access</h1>
        <Failure error="invalid_signature" />
      </>
    );
  }
  return (
    <>
      <h1>Allow access</h1>
      <p>You are signed in as {current.user.email}.</p>
      <p>
        <strong>{client.client_name ?? client.client_id}</strong> asks to use your account.
      </p>
      <dl className="grid gap-2 text-sm">
        <dt className="font-medium">It may see</dt>
        <dd>{query.get("scope")}</dd>
        <dt className="font-medium">You are sent back to</dt>
        <dd className="break-all">{query.get("redirect_uri")}</dd>
      </dl>
      <Consent />
    </>
  );
}
