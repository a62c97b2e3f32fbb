import { headers } from "next/headers";
import Link from "next/link";
import { auth } from "../../../lib/auth.ts";
import { currentSession } from "../../../lib/session.ts";
import { AcceptForm } from "./form.tsx";

/** The link of an invitation's mail leads here. */
export default async function AcceptInvitation({
  searchParams,
}: PageProps<"/auth/accept-invitation">) {
  const { id } = await searchParams;
  if (!(await currentSession())) {
    const next = new URLSearchParams({ next: `/auth/accept-invitation?id=${String(id)}` });
    return (
      <>
        <h1>You are invited</h1>
        <p>
          <Link href={`/auth/sign-in?${next}`}>Sign in</Link> or{" "}
          <Link href={`/auth/sign-up?${next}`}>create an account</Link> with the address that the
          invitation was sent to.
        </p>
      </>
    );
  }
  const invitation =
    typeof id === "string" &&
    (await auth.api.getInvitation({ query: { id }, headers: await headers() }).catch(() => null));
  if (!invitation) {
    return (
      <>
        <h1>This invitation is not valid, or is for another user.</h1>
        <Link href="/auth/account">Your account</Link>
      </>
    );
  }
  return (
    <>
      <h1>You are invited</h1>
      <p>
        {invitation.inviterEmail} invites you to join <strong>{invitation.organizationName}</strong>{" "}
        as {invitation.role}.
      </p>
      <AcceptForm id={invitation.id} />
    </>
  );
}
