"use client";

import { useState } from "react";
import { Field, Form } from "../../../components/form.tsx";
import { authClient } from "../../../lib/auth-client.ts";

export function DeviceForm({ code }: { code: string }) {
  const [isConnected, setConnected] = useState(false);
  if (isConnected) return <p role="status">The device is signed in. You can close this page.</p>;
  return (
    <Form
      label="Connect"
      send={async ({ userCode = "" }) => {
        const claimed = await authClient.device({ query: { user_code: userCode } });
        const error = claimed.error ?? (await authClient.device.approve({ userCode })).error;
        return { data: null, error: error && { message: error.error_description } };
      }}
      done={() => setConnected(true)}
    >
      <Field label="Code on the device" name="userCode" defaultValue={code} autoComplete="off" />
    </Form>
  );
}
