"use client";

import { useState } from "react";
import { Field, Form } from "../../../components/form.tsx";
import { authClient } from "../../../lib/auth-client.ts";

export default function ForgotPassword() {
  const [isSent, setSent] = useState(false);
  return (
    <>
      <h1>Forgot your password?</h1>
      {isSent ? (
        <p role="status">If there is an account with this address, a mail is on its way.</p>
      ) : (
        <Form
          label="Send me a link"
          send={({ email = "" }) =>
            authClient.requestPasswordReset({ email, redirectTo: "/auth/reset-password" })
          }
          done={() => setSent(true)}
        >
          <Field label="E-mail" name="email" type="email" autoComplete="username" />
        </Form>
      )}
    </>
  );
}
