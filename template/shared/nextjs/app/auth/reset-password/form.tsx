"use client";

import { useRouter } from "next/navigation";
import { Field, Form } from "../../../components/form.tsx";
import { authClient } from "../../../lib/auth-client.ts";

export function ResetPasswordForm({ token }: { token: string }) {
  const router = useRouter();
  return (
    <Form
      label="Save"
      send={({ password = "" }) => authClient.resetPassword({ newPassword: password, token })}
      done={() => router.push("/auth/sign-in")}
    >
      <Field
        label="New password"
        name="password"
        type="password"
        autoComplete="new-password"
        minLength={8}
      />
    </Form>
  );
}
