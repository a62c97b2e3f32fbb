"use client";

import { useRouter } from "next/navigation";
import { Field, Form, nextPage } from "../../../components/form.tsx";
import { authClient } from "../../../lib/auth-client.ts";

export default function TwoFactor() {
  const router = useRouter();
  return (
    <>
      <h1>Two-factor sign-in</h1>
      <Form
        label="Continue"
        send={({ code = "" }) => authClient.twoFactor.verifyTotp({ code })}
        done={() => router.push(nextPage())}
      >
        <Field
          label="Code from your authenticator"
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
        />
      </Form>
    </>
  );
}
