"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Action, Button } from "../../../components/form.tsx";
import { authClient } from "../../../lib/auth-client.ts";

export function SignOut() {
  const router = useRouter();
  const signOut = async () => {
    await authClient.signOut();
    router.push("/");
    router.refresh();
  };
  return <Button onClick={signOut}>Sign out</Button>;
}

export function EndSession({ token }: { token: string }) {
  const router = useRouter();
  return (
    <Action
      label="End"
      run={() => authClient.revokeSession({ token })}
      done={() => router.refresh()}
    />
  );
}

export function VerifyEmail({ email }: { email: string }) {
  const [isSent, setSent] = useState(false);
  if (isSent) return <p role="status">A mail with a link is on its way.</p>;
  return (
    <p className="flex flex-wrap items-center justify-between gap-2">
      Your e-mail address is not verified.
      <Action
        label="Send the mail again"
        run={() => authClient.sendVerificationEmail({ email, callbackURL: "/auth/account" })}
        done={() => setSent(true)}
      />
    </p>
  );
}
