"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Field, Form, nextPage } from "../../../components/form.tsx";
import { authClient } from "../../../lib/auth-client.ts";

export default function TwoFactor() {
  const router = useRouter();
  const [isSent, setSent] = useState(false);
  const done = () => router.push(nextPage());
  return (
    <>
      <h1>Two-factor sign-in</h1>
      <Form
        label="Continue"
        send={({ code = "", trustDevice }) =>
          authClient.twoFactor.verifyTotp({ code, trustDevice: trustDevice === "on" })
        }
        done={done}
      >
        <Field
          label="Code from your authenticator"
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
        />
        <label className="flex items-center gap-2 text-sm">
          <input type="checkbox" name="trustDevice" />
          Do not ask again in this browser
        </label>
      </Form>
      <details>
        <summary>Code by e-mail</summary>
        {isSent ? (
          <Form
            label="Continue with the mailed code"
            send={({ code = "" }) => authClient.twoFactor.verifyOtp({ code })}
            done={done}
          >
            <Field
              label="Code from the mail"
              name="code"
              inputMode="numeric"
              autoComplete="one-time-code"
            />
          </Form>
        ) : (
          <Form
            label="Send me a code"
            send={() => authClient.twoFactor.sendOtp()}
            done={() => setSent(true)}
          />
        )}
      </details>
      <details>
        <summary>Backup code</summary>
        <Form
          label="Continue with the backup code"
          send={({ code = "" }) => authClient.twoFactor.verifyBackupCode({ code })}
          done={done}
        >
          <Field label="Backup code" name="code" autoComplete="off" />
        </Form>
      </details>
    </>
  );
}
