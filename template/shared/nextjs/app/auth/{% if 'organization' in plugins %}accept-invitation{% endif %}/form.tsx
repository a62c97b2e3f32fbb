"use client";

import { useRouter } from "next/navigation";
import { Action, Form } from "../../../components/form.tsx";
import { authClient } from "../../../lib/auth-client.ts";

export function AcceptForm({ id }: { id: string }) {
  const router = useRouter();
  const done = () => router.push("/auth/account");
  return (
    <>
      <Form
        label="Join"
        send={() => authClient.organization.acceptInvitation({ invitationId: id })}
        done={done}
      />
      <Action
        label="Decline"
        run={() => authClient.organization.rejectInvitation({ invitationId: id })}
        done={done}
      />
    </>
  );
}
