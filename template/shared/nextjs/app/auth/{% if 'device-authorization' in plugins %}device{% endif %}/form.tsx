"use client";

import { useState } from "react";
import { Action, Field, Form } from "../../../components/form.tsx";
import { authClient } from "../../../lib/auth-client.ts";

export function DeviceForm({ code }: { code: string }) {
  const [userCode, setUserCode] = useState("");
  const [outcome, setOutcome] = useState("");
  if (outcome) return <p role="status">{outcome}</p>;
  if (userCode) {
    return (
      <div className="flex flex-wrap gap-3">
        <Action
          label="Approve"
          run={() => described(authClient.device.approve({ userCode }))}
          done={() => setOutcome("The device is signed in.")}
        />
        <Action
          label="Deny"
          run={() => described(authClient.device.deny({ userCode }))}
          done={() => setOutcome("The device is denied.")}
        />
      </div>
    );
  }
  return (
    <Form
      label="Check the code"
      send={({ userCode = "" }) => described(authClient.device({ query: { user_code: userCode } }))}
      done={(_, fields) => setUserCode(fields.userCode ?? "")}
    >
      <Field label="Code" name="userCode" defaultValue={code} autoComplete="off" />
    </Form>
  );
}

/** The routes of OAuth describe an error where others have a message. */
async function described(answer: Promise<{ error: { error_description: string } | null }>) {
  const { error } = await answer;
  return { data: null, error: error && { message: error.error_description } };
}
