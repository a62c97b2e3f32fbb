"use client";

import { useRouter } from "next/navigation";
import { Button } from "../../../components/form.tsx";
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
  const end = async () => {
    await authClient.revokeSession({ token });
    router.refresh();
  };
  return <Button onClick={end}>End</Button>;
}
