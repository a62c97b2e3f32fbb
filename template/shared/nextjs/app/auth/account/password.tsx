"use client";

import { Field, Form } from "../../../components/form.tsx";
import { Panel } from "../../../components/panel.tsx";
import { authClient } from "../../../lib/auth-client.ts";

export function Password() {
  return (
    <Panel title="Password">
      <Form
        label="Change password"
        send={({ currentPassword = "", newPassword = "" }) =>
          authClient.changePassword({ currentPassword, newPassword, revokeOtherSessions: true })
        }
        done={() => "Changed; all other sessions are signed out."}
      >
        <Field
          label="Current password"
          name="currentPassword"
          type="password"
          autoComplete="current-password"
        />
        <Field
          label="New password"
          name="newPassword"
          type="password"
          autoComplete="new-password"
          minLength={8}
        />
      </Form>
    </Panel>
  );
}
