"use client";

import { useRouter } from "next/navigation";
import { Form } from "../../../components/form.tsx";
import { authClient } from "../../../lib/auth-client.ts";

export function AcceptForm({ id }: { id: string }) {
  const router = useRouter();
  return (
    <Form
      label="Accept"
      send={() => authClient.organization.acceptInvitation({ invitationId: id })}
      done={() => router.push("/auth/account")}
    />
  );
}
